package io.vectordb.storagenode;

import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.GroupMember;
import io.vectordb.raft.RaftNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The published segments as the replicas of this node know them. Replicas of earlier incarnations do not count: theirs
 * are published no more.
 *
 * <p>Thread-safe.
 */
final class ReplicaSegments implements PublishedSegments {

    private final DiskServers node;
    private final ShardReplicas replicas;
    /** Up to where each group was known to have committed its log at the last call of {@link #all}. */
    private Map<GroupId, Long> committedBefore = Map.of();

    ReplicaSegments(DiskServers node, ShardReplicas replicas) {
        this.node = node;
        this.replicas = replicas;
    }

    @Override
    public Map<String, ShardSegments> readable() {
        Map<String, ShardSegments> segments = new HashMap<>();
        for (GroupId group : replicas.groups()) {
            try {
                segments.put(
                        ShardGroup.of(group).shardUid(), replicas.store(group).segments());
            } catch (VectorDbException closed) {
                // It opens, or is gone.
            }
        }
        return segments;
    }

    @Override
    public synchronized Optional<Map<String, ShardSegments>> all() {
        Map<GroupId, Long> before = committedBefore;
        committedBefore = committed();
        if (!replicas.areComplete()) {
            return Optional.empty();
        }
        Map<String, ShardSegments> segments = new HashMap<>();
        for (GroupId group : replicas.groups()) {
            try {
                Long target = before.get(group);
                if (target == null || node.of(group).appliedIndex(group) < target) {
                    return Optional.empty();
                }
                segments.put(
                        ShardGroup.of(group).shardUid(), replicas.store(group).segments());
            } catch (VectorDbException closed) {
                return Optional.empty();
            }
        }
        return Optional.of(segments);
    }

    /** Of groups that have a leader. */
    private Map<GroupId, Long> committed() {
        Map<GroupId, Long> committed = new HashMap<>();
        for (GroupId group : replicas.groups()) {
            try {
                RaftNode raft = node.of(group);
                if (raft.leader(group).isPresent()) {
                    raft.membership().members(group).stream()
                            .mapToLong(GroupMember::commitIndex)
                            .filter(index -> index >= 0)
                            .max()
                            .ifPresent(index -> committed.put(group, index));
                }
            } catch (VectorDbException closed) {
                // Not known to be anywhere, then.
            }
        }
        return committed;
    }
}
