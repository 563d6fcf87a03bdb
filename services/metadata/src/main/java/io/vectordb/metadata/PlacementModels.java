package io.vectordb.metadata;

import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.metadata.placement.Cause;
import io.vectordb.metadata.placement.ClusterModel;
import io.vectordb.metadata.placement.Disk;
import io.vectordb.metadata.placement.DiskLevel;
import io.vectordb.metadata.placement.IndexAssignment;
import io.vectordb.metadata.placement.IndexNode;
import io.vectordb.metadata.placement.NodeState;
import io.vectordb.metadata.placement.Replica;
import io.vectordb.metadata.placement.Shard;
import io.vectordb.metadata.placement.StorageNode;
import io.vectordb.metadata.placement.Transfer;
import io.vectordb.schema.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The metadata, and what nodes told of their replicas, as the planner sees them. */
final class PlacementModels {

    private PlacementModels() {}

    /**
     * @param leaders by shard uid, what the node that leads it tells; a shard without is left alone
     */
    static ClusterModel of(MetadataState state, Map<String, Leader> leaders) {
        Set<String> paused = pausedDrains(state);
        List<StorageNode> storage = new ArrayList<>();
        List<IndexNode> index = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            NodeState nodeState = nodeState(node);
            if (nodeState == NodeState.DRAINING && paused.contains(node.getId())) {
                nodeState = NodeState.SUSPECT;
            }
            switch (node.getService()) {
                case STORAGE -> storage.add(storageNode(node, nodeState));
                case INDEX -> index.add(new IndexNode(node.getId(), node.getZone(), nodeState, 0));
                case COORDINATOR, GATEWAY, SERVICE_UNSPECIFIED, UNRECOGNIZED -> {}
            }
        }
        int indexNodes = (int) index.stream()
                // One that is down is expected back: what it serves stays its own while nobody is there in its place.
                .filter(node -> switch (node.state()) {
                    case UP, SUSPECT, DOWN -> true;
                    case DEAD, DRAINING, DECOMMISSIONED -> false;
                })
                .count();
        Set<String> busy = busy(state);
        List<Shard> shards = new ArrayList<>();
        List<IndexAssignment> assignments = new ArrayList<>();
        for (CollectionState collection : state.collections().values()) {
            int wanted = collection.getCollection().getSettings().getReplicas();
            int wantedIndexes =
                    Settings.indexReplicas(collection.getCollection().getSettings());
            for (ShardState shard : collection.getShardsList()) {
                Optional<Leader> leader = Optional.ofNullable(leaders.get(shard.getUid()));
                long bytes = leader.map(each -> each.replica().getBytes()).orElse(0L);
                shards.add(new Shard(
                        shard.getUid(),
                        Math.max(1, wanted),
                        replicas(shard),
                        leader.map(Leader::node).orElse(""),
                        bytes,
                        0,
                        leader.isEmpty() || busy.contains("shard/" + shard.getUid())));
                assignments.add(new IndexAssignment(
                        shard.getUid(),
                        Math.clamp(wantedIndexes, Math.min(1, indexNodes), Math.max(1, indexNodes)),
                        shard.getIndexNodesList(),
                        bytes,
                        busy.contains("index/" + shard.getUid())));
            }
        }
        return new ClusterModel(storage, shards, transfers(state), index, assignments);
    }

    /** What the node that leads a shard says of it. */
    record Leader(String node, ReplicaInfo replica) {}

    private static Stream<Task> working(MetadataState state) {
        return state.tasks().values().stream().filter(task -> !TaskRules.isOver(task));
    }

    private static Set<String> busy(MetadataState state) {
        Set<String> busy = new HashSet<>();
        working(state).map(TaskRules::subject).forEach(busy::add);
        return busy;
    }

    /** Nodes of which nothing is to be taken now, and to which nothing is to be given. */
    private static Set<String> pausedDrains(MetadataState state) {
        Set<String> paused = new HashSet<>();
        working(state)
                .filter(task -> task.hasDrainNode() && task.getWish() == Task.Wish.PAUSE)
                .forEach(task -> paused.add(task.getDrainNode().getNode()));
        return paused;
    }

    private static List<Transfer> transfers(MetadataState state) {
        return working(state)
                .filter(task -> task.hasChangeReplicas()
                        && !task.getChangeReplicas().getToNode().isEmpty())
                .map(task -> {
                    ChangeReplicas change = task.getChangeReplicas();
                    return new Transfer(
                            change.getShard(),
                            change.getFromNode(),
                            new Replica(change.getToNode(), ""),
                            cause(change.getCause()));
                })
                .toList();
    }

    /** What an operator asks for is as urgent as a drain. */
    private static Cause cause(String name) {
        return Stream.of(Cause.values())
                .filter(each -> name(each).equals(name))
                .findFirst()
                .orElse(Cause.DRAIN);
    }

    static String name(Cause cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }

    private static NodeState nodeState(Node node) {
        return switch (node.getState()) {
            case UP, STATE_UNSPECIFIED -> NodeState.UP;
            case SUSPECT -> NodeState.SUSPECT;
            case DOWN, UNRECOGNIZED -> NodeState.DOWN;
            case DEAD -> NodeState.DEAD;
            case DRAINING -> NodeState.DRAINING;
            case DECOMMISSIONED -> NodeState.DECOMMISSIONED;
        };
    }

    /** @param nodeState what it shall be taken for */
    static StorageNode storageNode(Node node, NodeState nodeState) {
        List<Disk> disks = node.getDisksList().stream()
                .map(disk -> new Disk(
                        disk.getId(), Math.max(0, disk.getTotalBytes()), Math.max(0, disk.getFreeBytes()), level(disk)))
                .toList();
        return new StorageNode(node.getId(), node.getZone(), nodeState, disks);
    }

    private static DiskLevel level(NodeDisk disk) {
        return switch (disk.getLevel()) {
            case NORMAL -> DiskLevel.NORMAL;
            case MOVE_AWAY -> DiskLevel.MOVE_AWAY;
            case REJECT_WRITES -> DiskLevel.REJECT_WRITES;
            case NO_NEW_REPLICAS, LEVEL_UNSPECIFIED, UNRECOGNIZED -> DiskLevel.NO_NEW_REPLICAS;
        };
    }

    private static List<Replica> replicas(ShardState shard) {
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < shard.getStorageNodesCount(); i++) {
            String disk = i < shard.getStorageDisksCount() ? shard.getStorageDisks(i) : "";
            replicas.add(new Replica(shard.getStorageNodes(i), disk));
        }
        return replicas;
    }

    /** A shard of which nobody tells how large it is: each counts alike. */
    static Shard unmeasured(ShardState shard) {
        List<Replica> replicas = replicas(shard);
        return new Shard(shard.getUid(), Math.max(1, replicas.size()), replicas, "", 0, 0, false);
    }
}
