package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.raft.ServerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The disks of all storage nodes and what is placed on them, as one state of the metadata says.
 *
 * @param disks by the servers on them
 * @param full per group a node whose disk of it takes no more writes
 */
record DiskMap(Map<ServerId, NodeDisk> disks, Map<GroupId, String> full) {

    static DiskMap of(ClusterState state) {
        Map<ServerId, NodeDisk> disks = new HashMap<>();
        for (Node node : state.getNodesList()) {
            node.getDisksList().forEach(disk -> disks.put(new ServerId(node.getId(), disk.getId()), disk));
        }
        Map<GroupId, String> full = new HashMap<>();
        for (CollectionState collection : state.getCollectionsList()) {
            for (ShardState shard : collection.getShardsList()) {
                servers(shard).stream()
                        .filter(server -> disks.getOrDefault(server, NodeDisk.getDefaultInstance())
                                        .getLevel()
                                == NodeDisk.Level.REJECT_WRITES)
                        .forEach(server -> full.put(ShardGroup.of(shard).id(), server.nodeId()));
            }
        }
        return new DiskMap(Map.copyOf(disks), Map.copyOf(full));
    }

    private static List<ServerId> servers(ShardState shard) {
        List<ServerId> servers = new ArrayList<>();
        for (String node : shard.getStorageNodesList()) {
            servers.add(new ServerId(node, disk(shard, node)));
        }
        return servers;
    }

    /** The disk that the replica of a shard on a node was placed on; empty when none is said. */
    static String disk(ShardState shard, String nodeId) {
        int at = shard.getStorageNodesList().indexOf(nodeId);
        return at >= 0 && at < shard.getStorageDisksCount() ? shard.getStorageDisks(at) : "";
    }

    /**
     * The members that found the group of a shard.
     *
     * @throws VectorDbException {@code SHARD_UNAVAILABLE} while the disk of one is not registered
     */
    List<RaftPeerAddress> members(ShardState shard) {
        return servers(shard).stream()
                .map(server -> {
                    NodeDisk disk = disks.get(server);
                    if (disk == null) {
                        throw new VectorDbException(
                                ErrorCode.SHARD_UNAVAILABLE,
                                "storage node " + server.nodeId() + " has not registered with disk \"" + server.disk()
                                        + "\" yet");
                    }
                    return new RaftPeerAddress(server, disk.getRaftAddress());
                })
                .toList();
    }

    Optional<String> nodeWithoutRoom(GroupId group) {
        return Optional.ofNullable(full.get(group));
    }
}
