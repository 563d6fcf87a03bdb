/** The program behind {@code ./vectordb bench}: our index measured beside others, on the same data in the same run. */
@NullMarked
package io.vectordb.benchmarks;

import org.jspecify.annotations.NullMarked;
