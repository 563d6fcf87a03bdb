package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskLevel;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.storage.ShardStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of this node, kept in step with the metadata: groups are added when a shard is assigned and removed when
 * its collection is gone. Thread-safe.
 */
final class ShardReplicas implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardReplicas.class);
    private static final long HOUSEKEEPING_SECONDS = 10;
    private static final long RETRY_SECONDS = 1;
    private static final long CLOSE_SECONDS = 10;
    /** In the place of a version: the metadata will never know. */
    private static final Long BY_HAND = Long.MAX_VALUE;

    private final DiskServers node;
    private final ClusterMembership membership;
    private final ConcurrentMap<String, GroupId> groups = new ConcurrentHashMap<>();
    /** Replicas that were made to join a group, with the version of the metadata that knows of it. */
    private final ConcurrentMap<GroupId, Long> joining = new ConcurrentHashMap<>();
    /** Adding and removing groups waits for disks: not on the thread that follows the metadata. */
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("shard-replicas").factory());

    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private volatile DiskMap disks = DiskMap.of(ClusterState.getDefaultInstance());
    private volatile ClusterState newest = ClusterState.getDefaultInstance();
    private volatile Optional<String> problem = Optional.of("the metadata has not been read yet");

    ShardReplicas(DiskServers node, ClusterMembership membership) {
        this.node = node;
        this.membership = membership;
        node.groups().forEach(group -> groups.put(ShardGroup.of(group).shardUid(), group));
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.scheduleWithFixedDelay(this::housekeep, HOUSEKEEPING_SECONDS, HOUSEKEEPING_SECONDS, TimeUnit.SECONDS);
    }

    /** Takes in a newer state of the metadata, soon. */
    void reconcile(ClusterState state) {
        if (!executor.isShutdown()) {
            newest = state;
            executor.execute(() -> apply(state));
        }
    }

    private void apply(ClusterState state) {
        try {
            boolean isOutdated = state.getVersion() < newest.getVersion();
            if (state.getClusterId().isEmpty() || isOutdated) {
                return;
            }
            join(state);
            DiskMap diskMap = DiskMap.of(state);
            disks = diskMap;
            Set<GroupId> wanted = new HashSet<>();
            List<String> problems = new ArrayList<>();
            for (CollectionState collection : state.getCollectionsList()) {
                for (ShardState shard : collection.getShardsList()) {
                    if (shard.getStorageNodesList().contains(node.nodeId())) {
                        wanted.add(ShardGroup.of(shard).id());
                        tryToAdd(shard, diskMap, problems);
                    }
                }
            }
            boolean isComplete = removeOthers(state, wanted, problems);
            problem = problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
            if (!problems.isEmpty() || !isComplete) {
                tryAgain(state);
            }
        } catch (RuntimeException e) {
            LOG.error("the replicas are not those of metadata version {}", state.getVersion(), e);
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void join(ClusterState state) {
        membership.check(state.getClusterId());
        joined.complete(null);
    }

    /** Completes when this node has met its cluster, and it is that of its disks. */
    CompletableFuture<Void> joined() {
        return joined;
    }

    /**
     * Removes replicas of shards that are gone, and of shards that this node has no part in: neither by the metadata nor,
     * where members are being changed, by the group itself.
     *
     * @return whether nothing is left to be removed later: a replica hears of its dismissal after the metadata does
     */
    private boolean removeOthers(ClusterState state, Set<GroupId> wanted, List<String> problems) {
        Set<GroupId> existing = state.getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .map(shard -> ShardGroup.of(shard).id())
                .collect(Collectors.toSet());
        Set<GroupId> here = new HashSet<>(node.groups());
        here.addAll(node.failedGroups().keySet());
        here.addAll(node.retiredGroups().keySet());
        boolean isComplete = true;
        joining.keySet().removeAll(wanted);
        for (GroupId group : here) {
            if (isUnknownTo(state, group)) {
                isComplete = false;
            } else if (isSucceeded(group, existing)) {
                retire(group);
            } else if (!existing.contains(group)
                    || (!wanted.contains(group) && !isMember(group) && !isTarget(state, group) && !isByHand(group))) {
                joining.remove(group);
                tryToRemove(group, problems);
            } else if (!wanted.contains(group)) {
                isComplete = false;
            }
        }
        return isComplete;
    }

    /** Whether the shard goes on in a later incarnation; what an earlier one had is for the operator to drop. */
    private static boolean isSucceeded(GroupId group, Set<GroupId> existing) {
        ShardGroup earlier = ShardGroup.of(group);
        return existing.stream()
                .map(ShardGroup::of)
                .anyMatch(each ->
                        each.shardUid().equals(earlier.shardUid()) && each.incarnation() > earlier.incarnation());
    }

    private void retire(GroupId group) {
        node.retireGroup(group);
        groups.remove(ShardGroup.of(group).shardUid(), group);
    }

    private boolean isMember(GroupId group) {
        boolean isMember = node.has(group)
                && node.of(group).membership().members(group).stream()
                        .anyMatch(member -> member.nodeId().equals(node.nodeId()));
        if (isMember) {
            joining.remove(group, BY_HAND);
        }
        return isMember;
    }

    /** Whether a replica was made for what this state does not know yet. */
    private boolean isUnknownTo(ClusterState state, GroupId group) {
        Long version = joining.get(group);
        return version != null && !version.equals(BY_HAND) && version > state.getVersion();
    }

    /** Whether an operator made it, who has yet to let it join its group. */
    private boolean isByHand(GroupId group) {
        return BY_HAND.equals(joining.get(group));
    }

    /** Whether a task is to make the replica a member. */
    private boolean isTarget(ClusterState state, GroupId group) {
        ShardGroup shard = ShardGroup.of(group);
        return state.getTasksList().stream()
                .filter(task -> !task.hasEndTime())
                .map(Task::getChangeReplicas)
                .anyMatch(change -> change.getShard().equals(shard.shardUid())
                        && change.getToNode().equals(node.nodeId()));
    }

    /**
     * Makes a replica that is to join a group, which the metadata may not know of yet.
     *
     * @param version of the metadata from which on they do; 0: they never will, an operator does it by hand
     */
    RaftNode join(GroupId group, List<RaftPeerAddress> voters, long bytes, long version) {
        // First: what looks for replicas to be removed must not find one that is not noted.
        joining.put(group, version == 0 ? BY_HAND : Long.valueOf(version));
        try {
            RaftNode server = node.addListener(group, voters, bytes);
            groups.put(ShardGroup.of(group).shardUid(), group);
            return server;
        } catch (RuntimeException e) {
            joining.remove(group);
            throw e;
        }
    }

    private boolean listens(GroupId group) {
        return node.of(group).membership().members(group).stream()
                .noneMatch(member -> member.voter() && member.nodeId().equals(node.nodeId()));
    }

    /**
     * Deletes a replica that is no member of its group any more, or does not work.
     *
     * @param dismissed whether the leader has it for no member, which one that only listens believes
     */
    void drop(GroupId group, boolean dismissed) {
        if (isMember(group) && !(dismissed && listens(group))) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "node " + node.nodeId() + " is a member of " + group + ": remove it from the group first",
                    Map.of("group", group.name(), "node", node.nodeId()));
        }
        groups.remove(ShardGroup.of(group).shardUid(), group);
        joining.remove(group);
        boolean wanted = newest.getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .anyMatch(shard -> ShardGroup.of(shard).id().equals(group)
                        && shard.getStorageNodesList().contains(node.nodeId()));
        node.removeGroup(group);
        if (wanted) {
            // Else the next look at the metadata would found it anew, as a voter without a memory.
            node.declareLost(group, "it was dropped");
        }
    }

    /** The local replica of a group. */
    ShardReplica replica(GroupId group) {
        return (ShardReplica) node.of(group).state(group);
    }

    /** A shard that cannot be added keeps no other from being served. */
    private void tryToAdd(ShardState shard, DiskMap diskMap, List<String> problems) {
        if (node.failedGroups().containsKey(ShardGroup.of(shard).id())) {
            return; // Told by problem().
        }
        try {
            add(shard, diskMap);
        } catch (RuntimeException e) {
            LOG.warn("shard {} cannot be added yet: {}", shard.getName(), e.toString());
            problems.add("shard " + shard.getName() + " cannot be added yet: " + e.getMessage());
        }
    }

    /** What is left of a replica that could not be removed whole goes at the next start. */
    private void tryToRemove(GroupId group, List<String> problems) {
        LOG.info("removing {}: it is not in the metadata any more", group);
        groups.remove(ShardGroup.of(group).shardUid());
        try {
            node.removeGroup(group);
        } catch (RuntimeException e) {
            LOG.warn("{} cannot be removed whole: {}", group, e.toString());
            problems.add(group + " cannot be removed: " + e.getMessage());
        }
    }

    /** Nothing in the metadata may change, so nobody else would ask again. */
    private void tryAgain(ClusterState state) {
        executor.schedule(
                () -> {
                    if (newest.equals(state)) {
                        apply(state);
                    }
                },
                RETRY_SECONDS,
                TimeUnit.SECONDS);
    }

    private void add(ShardState shard, DiskMap diskMap) {
        GroupId group = ShardGroup.of(shard).id();
        if (!node.has(group) && shard.getSucceedsIncarnation() != 0) {
            node.succeed(new ShardGroup(shard.getUid(), shard.getSucceedsIncarnation()).id(), group);
        } else if (!node.has(group)) {
            node.addGroup(group, DiskMap.disk(shard, node.nodeId()), diskMap.members(shard));
        }
        groups.put(shard.getUid(), group);
    }

    /**
     * Refuses what would fill a disk of the shard further.
     *
     * @throws VectorDbException {@code DISK_FULL} when a replica is on a disk above the last watermark
     */
    void checkRoom(GroupId group) {
        Optional<String> full = node.levelOf(group) == DiskLevel.REJECT_WRITES
                ? Optional.of(node.nodeId())
                : disks.nodeWithoutRoom(group);
        if (full.isPresent()) {
            throw new VectorDbException(
                    ErrorCode.DISK_FULL,
                    "the disk of the replica of " + group + " on node " + full.get()
                            + " is full; deletes are taken, and free room in time",
                    Map.of("group", group.name(), "node", full.get()));
        }
    }

    /** The group of a shard that has a replica here. */
    GroupId group(String shardUid) {
        GroupId group = groups.get(shardUid);
        if (group == null) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "node " + node.nodeId() + " has no replica of shard " + shardUid,
                    Map.of("shard", shardUid, "node", node.nodeId()));
        }
        return group;
    }

    /** The local store of a group. */
    ShardStore store(GroupId group) {
        return replica(group).store();
    }

    List<GroupId> groups() {
        return List.copyOf(groups.values());
    }

    /** Whether every replica that the metadata places here is here and works. */
    boolean areComplete() {
        ClusterState state = newest;
        return problem().isEmpty()
                && state.getCollectionsList().stream()
                        .flatMap(collection -> collection.getShardsList().stream())
                        .filter(shard -> shard.getStorageNodesList().contains(node.nodeId()))
                        .allMatch(shard -> ShardGroup.of(shard).id().equals(groups.get(shard.getUid())));
    }

    /** What keeps this node from serving. */
    Optional<String> problem() {
        Map<GroupId, String> failed = node.failedGroups();
        return failed.isEmpty() ? problem : Optional.of("replicas that do not start: " + failed);
    }

    private void housekeep() {
        for (GroupId group : groups()) {
            try {
                store(group).housekeep(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
            } catch (RuntimeException e) {
                LOG.warn("housekeeping of {} failed: {}", group, e.toString());
            }
        }
    }

    /** Ends with the change that is being made: one that is interrupted leaves half of a replica, and files in use. */
    @Override
    public void close() {
        executor.shutdown();
        boolean ended = false;
        try {
            ended = executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            LOG.warn("a change of the replicas is interrupted");
            executor.shutdownNow();
        }
    }
}
