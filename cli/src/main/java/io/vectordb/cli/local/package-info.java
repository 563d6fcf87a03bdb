/** Servers on this machine: prepared, started, supervised, stopped. */
@NullMarked
package io.vectordb.cli.local;

import org.jspecify.annotations.NullMarked;
