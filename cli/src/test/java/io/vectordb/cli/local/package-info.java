@NullMarked
package io.vectordb.cli.local;

import org.jspecify.annotations.NullMarked;
