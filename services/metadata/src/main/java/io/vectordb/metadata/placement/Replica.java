package io.vectordb.metadata.placement;

/**
 * Where a replica of a shard is.
 *
 * @param disk empty: not told
 */
public record Replica(String node, String disk) {

    @Override
    public String toString() {
        return disk.isEmpty() ? node : node + "/" + disk;
    }
}
