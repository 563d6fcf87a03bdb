package io.vectordb.metadata.placement;

/**
 * An index node.
 *
 * @param memoryBytes what it has for indexes; 0: not told
 */
public record IndexNode(String id, String zone, NodeState state, long memoryBytes) {}
