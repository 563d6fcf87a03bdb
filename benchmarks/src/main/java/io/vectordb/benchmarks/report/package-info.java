/** Tables, JSON and plots. */
@NullMarked
package io.vectordb.benchmarks.report;

import org.jspecify.annotations.NullMarked;
