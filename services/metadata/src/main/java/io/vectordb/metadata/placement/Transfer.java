package io.vectordb.metadata.placement;

/**
 * A replica that is on its way: planned earlier and not yet done. The planner counts it as if it were there, and its shard
 * as busy.
 *
 * @param source the node whose replica goes; empty: none
 */
public record Transfer(String shard, String source, Replica target, Cause cause) {}
