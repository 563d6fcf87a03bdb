@NullMarked
package io.vectordb.cli.command;

import org.jspecify.annotations.NullMarked;
