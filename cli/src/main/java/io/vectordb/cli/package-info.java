/** The command line: entry point and the table of verbs. */
@NullMarked
package io.vectordb.cli;

import org.jspecify.annotations.NullMarked;
