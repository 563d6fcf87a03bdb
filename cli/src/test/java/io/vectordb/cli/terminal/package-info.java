@NullMarked
package io.vectordb.cli.terminal;

import org.jspecify.annotations.NullMarked;
