/** How soon what was written is found by searches of a running server. */
@NullMarked
package io.vectordb.benchmarks.freshness;

import org.jspecify.annotations.NullMarked;
