package io.vectordb.metadata.placement;

import java.util.List;

/**
 * A storage node.
 *
 * @param zone what fails together with it; empty: not told, as if all such nodes were one zone
 * @param disks those that work: a replica on another disk of a node that is alive counts as lost
 */
public record StorageNode(String id, String zone, NodeState state, List<Disk> disks) {

    public StorageNode {
        disks = List.copyOf(disks);
    }
}
