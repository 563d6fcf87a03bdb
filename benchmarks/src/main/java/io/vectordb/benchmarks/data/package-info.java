/** Vectors and neighbours on disk, data sets, and exact answers. */
@NullMarked
package io.vectordb.benchmarks.data;

import org.jspecify.annotations.NullMarked;
