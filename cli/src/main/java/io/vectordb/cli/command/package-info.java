/** One class per verb: reads arguments, calls, prints. */
@NullMarked
package io.vectordb.cli.command;

import org.jspecify.annotations.NullMarked;
