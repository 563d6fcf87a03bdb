/** One searchable segment of a shard: its rows, its vectors and their graphs. */
@NullMarked
package io.vectordb.segment;

import org.jspecify.annotations.NullMarked;
