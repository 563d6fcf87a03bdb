/** What people see: exit codes, errors in one line, tables, progress. */
@NullMarked
package io.vectordb.cli.terminal;

import org.jspecify.annotations.NullMarked;
