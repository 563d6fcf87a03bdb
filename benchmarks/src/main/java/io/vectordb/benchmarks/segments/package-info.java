/** What the segments of a shard cost: taking in, sealing, opening, merging, searching meanwhile. */
@NullMarked
package io.vectordb.benchmarks.segments;

import org.jspecify.annotations.NullMarked;
