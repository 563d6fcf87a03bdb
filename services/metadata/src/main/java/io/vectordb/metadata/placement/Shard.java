package io.vectordb.metadata.placement;

import java.util.List;

/**
 * A shard as storage nodes have it.
 *
 * @param replicationFactor how many replicas are wanted
 * @param replicas those of the shard map
 * @param leader a node; empty: not known
 * @param bytes of one replica
 * @param load reads and writes a second, as a mean over minutes: a figure that jumps makes replicas jump
 * @param isBusy whether a task works on it, so that it is left alone
 */
public record Shard(
        String uid,
        int replicationFactor,
        List<Replica> replicas,
        String leader,
        long bytes,
        double load,
        boolean isBusy) {

    public Shard {
        replicas = List.copyOf(replicas);
        if (replicationFactor < 1 || bytes < 0 || !(load >= 0)) {
            throw new IllegalArgumentException("shard " + uid + " with replication factor " + replicationFactor + ", "
                    + bytes + " bytes, load " + load);
        }
    }
}
