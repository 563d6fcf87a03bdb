/** Benchmarks of JMH, run by {@code ./vectordb bench micro}; they are compiled with the tests and no part of them. */
@NullMarked
package io.vectordb.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
