/** The processes in which engines run, and what it takes to start them. */
@NullMarked
package io.vectordb.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
