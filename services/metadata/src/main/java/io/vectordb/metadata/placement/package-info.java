/**
 * Decides where replicas, leaderships and indexes of shards belong: records in, a plan out. Pure: no clock, no input or
 * output, the same answer for the same question, so that it runs in simulated time as it does in a cluster.
 */
@NullMarked
package io.vectordb.metadata.placement;

import org.jspecify.annotations.NullMarked;
