package io.vectordb.metadata.placement;

import java.util.List;
import java.util.Set;

/**
 * What the planner knows of a cluster at one moment.
 *
 * @param transfers what earlier plans began
 * @param resting shards of which a replica was moved lately, an hour being enough: what it moved for may still be changing,
 *     so balance leaves them where they are; all that is urgent does not
 */
public record ClusterModel(
        List<StorageNode> storageNodes,
        List<Shard> shards,
        List<Transfer> transfers,
        List<IndexNode> indexNodes,
        List<IndexAssignment> indexAssignments,
        Set<String> resting) {

    public ClusterModel {
        storageNodes = List.copyOf(storageNodes);
        shards = List.copyOf(shards);
        transfers = List.copyOf(transfers);
        indexNodes = List.copyOf(indexNodes);
        indexAssignments = List.copyOf(indexAssignments);
        resting = Set.copyOf(resting);
    }

    /** One in which nothing rests. */
    public ClusterModel(
            List<StorageNode> storageNodes,
            List<Shard> shards,
            List<Transfer> transfers,
            List<IndexNode> indexNodes,
            List<IndexAssignment> indexAssignments) {
        this(storageNodes, shards, transfers, indexNodes, indexAssignments, Set.of());
    }

    /** One of storage nodes alone. */
    public static ClusterModel of(List<StorageNode> storageNodes, List<Shard> shards) {
        return new ClusterModel(storageNodes, shards, List.of(), List.of(), List.of());
    }

    public ClusterModel withResting(Set<String> shardUids) {
        return new ClusterModel(storageNodes, shards, transfers, indexNodes, indexAssignments, shardUids);
    }
}
