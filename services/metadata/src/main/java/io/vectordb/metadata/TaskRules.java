package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.ChangeIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.DrainNode;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardMembers;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the state says about tasks: which may begin, and what one looks like after a command. Pure functions, the same on
 * every member of the log.
 */
final class TaskRules {

    /** So many tasks that have ended are remembered. */
    static final int KEPT = 1_000;

    private TaskRules() {}

    static boolean isOver(Task task) {
        return switch (task.getState()) {
            case SUCCEEDED, FAILED, CANCELLED -> true;
            case QUEUED, RUNNING, STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /** The uid of the shard that a task works on; nothing: it works on none itself. */
    static Optional<String> shard(Task task) {
        return switch (task.getWorkCase()) {
            case CHANGE_REPLICAS -> Optional.of(task.getChangeReplicas().getShard());
            case CHANGE_INDEX_NODES -> Optional.of(task.getChangeIndexNodes().getShard());
            case DRAIN_NODE, REBALANCE -> Optional.empty();
            case WORK_NOT_SET ->
                throw new IllegalStateException("task " + task.getId() + " is of a kind that is not known here");
        };
    }

    /** What only one task at a time may work on. */
    static String subject(Task task) {
        return switch (task.getWorkCase()) {
            case CHANGE_REPLICAS -> "shard/" + task.getChangeReplicas().getShard();
            case CHANGE_INDEX_NODES -> "index/" + task.getChangeIndexNodes().getShard();
            case DRAIN_NODE -> "node/" + task.getDrainNode().getNode();
            case REBALANCE -> "rebalance";
            case WORK_NOT_SET ->
                throw new IllegalStateException("task " + task.getId() + " is of a kind that is not known here");
        };
    }

    /**
     * A task that begins.
     *
     * @param index of the log, which names the task
     * @throws VectorDbException when it may not, with what to do instead
     */
    static Task begin(MetadataState state, long index, Timestamp now, StartTaskRequest request) {
        Task.Builder task = Task.newBuilder()
                .setId("task-" + index)
                .setState(Task.State.QUEUED)
                .setStartedBy(request.getStartedBy())
                .setReason(request.getReason())
                .setCreateTime(now);
        switch (request.getWorkCase()) {
            case CHANGE_REPLICAS -> {
                ChangeReplicas change = request.getChangeReplicas();
                requireChange(state, requireShard(state, change.getShard()), change);
                task.setChangeReplicas(change);
            }
            case CHANGE_INDEX_NODES -> {
                ChangeIndexNodes change = request.getChangeIndexNodes();
                requireChange(state, requireShard(state, change.getShard()), change);
                task.setChangeIndexNodes(change);
            }
            case DRAIN_NODE -> {
                requireDrainable(state, request.getDrainNode());
                task.setDrainNode(request.getDrainNode());
            }
            case REBALANCE -> task.setRebalance(request.getRebalance());
            case WORK_NOT_SET -> throw new VectorDbException(ErrorCode.MISSING_MEMBER, "a task without work");
        }
        Task begun = task.build();
        refuseBusy(state, begun);
        return begun;
    }

    private static void requireDrainable(MetadataState state, DrainNode drain) {
        Node node = requireNode(state, drain.getNode());
        Map<String, String> metadata = Map.of("node", node.getId());
        if (node.getService() != Node.Service.STORAGE && node.getService() != Node.Service.INDEX) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "Node " + node.getId() + " is neither a storage nor an index node: there is nothing to empty",
                    metadata);
        }
        if (node.getState() == Node.State.DECOMMISSIONED) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT, "Node " + node.getId() + " was decommissioned already", metadata);
        }
    }

    /** How many replicas a node has and how many shards it serves, by the shard map, and how many are on their way to it. */
    static long holdings(MetadataState state, String node) {
        long coming = state.tasks().values().stream()
                .filter(task -> !isOver(task) && target(task).equals(node))
                .count();
        return coming
                + state.collections().values().stream()
                        .flatMap(collection -> collection.getShardsList().stream())
                        .filter(shard -> shard.getStorageNodesList().contains(node)
                                || shard.getIndexNodesList().contains(node))
                        .count();
    }

    /** The node that a task gives something to; empty: none. */
    static String target(Task task) {
        return switch (task.getWorkCase()) {
            case CHANGE_REPLICAS -> task.getChangeReplicas().getToNode();
            case CHANGE_INDEX_NODES -> task.getChangeIndexNodes().getToNode();
            case DRAIN_NODE, REBALANCE, WORK_NOT_SET -> "";
        };
    }

    /** A node that is to be empty, or is gone for good, would be given what is lost with it. */
    private static void requireTaker(Node node) {
        boolean takes = !node.getDrained()
                && switch (node.getState()) {
                    case STATE_UNSPECIFIED, UP, SUSPECT, DOWN -> true;
                    case DEAD, DRAINING, DECOMMISSIONED, UNRECOGNIZED -> false;
                };
        if (!takes) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "Node " + node.getId() + " takes nothing: it is "
                            + (node.getDrained() ? "to be emptied" : node.getState()),
                    Map.of("node", node.getId()));
        }
    }

    private static void requireChange(MetadataState state, ShardState shard, ChangeIndexNodes change) {
        Map<String, String> metadata = Map.of("shard", shard.getName());
        String to = change.getToNode();
        if (change.getFromNode().isEmpty() && to.isEmpty()) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "from_node and to_node are both missing");
        }
        if (!to.isEmpty() && requireNode(state, to).getService() != Node.Service.INDEX) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "Node " + to + " is no index node", metadata);
        }
        if (!to.isEmpty()) {
            requireTaker(requireNode(state, to));
        }
        boolean isThere = shard.getIndexNodesList().contains(to);
        boolean hasFrom =
                change.getFromNode().isEmpty() || shard.getIndexNodesList().contains(change.getFromNode());
        if (isThere || !hasFrom) {
            throw conflict(
                    shard,
                    "Shard " + shard.getName() + " is served by " + String.join(", ", shard.getIndexNodesList())
                            + (isThere ? ": also by " + to : ", not by " + change.getFromNode()));
        }
        if (to.isEmpty() && shard.getIndexNodesCount() == 1) {
            throw conflict(shard, "Shard " + shard.getName() + " has no other index node: give it one first");
        }
    }

    private static void requireChange(MetadataState state, ShardState shard, ChangeReplicas change) {
        List<String> nodes = shard.getStorageNodesList();
        if (change.getFromNode().isEmpty() && change.getToNode().isEmpty()) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "from_node and to_node are both missing");
        }
        if (!change.getFromNode().isEmpty() && !nodes.contains(change.getFromNode())) {
            throw conflict(
                    shard,
                    "Node " + change.getFromNode() + " has no replica of shard " + shard.getName()
                            + "; its replicas are on " + String.join(", ", nodes));
        }
        if (change.getToNode().isEmpty()) {
            if (nodes.size() == 1) {
                throw conflict(shard, "Shard " + shard.getName() + " has no other replica: give it one first");
            }
            return;
        }
        requireStorageNode(state, change.getToNode());
        requireTaker(requireNode(state, change.getToNode()));
        if (nodes.contains(change.getToNode())) {
            throw conflict(
                    shard,
                    "Node " + change.getToNode() + " has a replica of shard " + shard.getName()
                            + " already; replicas of a shard are on nodes of their own");
        }
    }

    private static ShardState requireShard(MetadataState state, String uid) {
        return state.shard(uid)
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SHARD_NOT_FOUND, "There is no shard of uid " + uid, Map.of("shard", uid)));
    }

    private static void requireStorageNode(MetadataState state, String id) {
        if (requireNode(state, id).getService() != Node.Service.STORAGE) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "Node " + id + " is no storage node", Map.of("node", id));
        }
    }

    static Node requireNode(MetadataState state, String id) {
        Node node = state.nodes().get(id);
        if (node == null) {
            throw new VectorDbException(ErrorCode.NODE_NOT_FOUND, "There is no node " + id, Map.of("node", id));
        }
        return node;
    }

    private static void refuseBusy(MetadataState state, Task begun) {
        state.tasks().values().stream()
                .filter(each -> !isOver(each) && subject(each).equals(subject(begun)))
                .findFirst()
                .ifPresent(busy -> {
                    String what = switch (begun.getWorkCase()) {
                        case CHANGE_REPLICAS, CHANGE_INDEX_NODES -> "shard " + shardName(state, begun);
                        case DRAIN_NODE -> "node " + begun.getDrainNode().getNode();
                        case REBALANCE, WORK_NOT_SET -> "the same";
                    };
                    throw new VectorDbException(
                            ErrorCode.OPERATION_CONFLICT,
                            "Operation " + busy.getId() + " works on " + what + ": wait for its end, or cancel it",
                            Map.of("operation", busy.getId()));
                });
    }

    private static String shardName(MetadataState state, Task task) {
        return shard(task).flatMap(state::shard).map(ShardState::getName).orElse("");
    }

    /**
     * A task after a wish of an operator.
     *
     * @throws VectorDbException {@code OPERATION_CONFLICT} when it is to be paused or to go on, and has ended
     */
    static Task control(MetadataState state, String id, Task.Wish wish) {
        Task task = require(state, id);
        if (isOver(task) && wish != Task.Wish.CANCEL) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "Operation " + id + " has ended: " + task.getState(),
                    Map.of("operation", id));
        }
        if (wish == Task.Wish.UNRECOGNIZED) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "a wish that is not known here");
        }
        // One that is being cancelled may have undone half of it: it has to go on with that.
        boolean isKept = isOver(task) || task.getWish() == Task.Wish.CANCEL;
        return isKept ? task : task.toBuilder().setWish(wish).build();
    }

    private static Task require(MetadataState state, String id) {
        return state.task(id)
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.OPERATION_NOT_FOUND, "There is no operation " + id, Map.of("operation", id)));
    }

    static Task advanced(Task task, AdvanceTask step) {
        return task.toBuilder()
                .setState(Task.State.RUNNING)
                .setPhase(step.getPhase())
                .setNote(step.getNote())
                .setBytesDone(step.getBytesDone())
                .setBytesTotal(step.getBytesTotal())
                .build();
    }

    static Task ended(Task task, EndTask end, Timestamp now) {
        Task.Builder ended =
                task.toBuilder().setState(end.getState()).clearNote().setEndTime(now);
        if (end.hasError()) {
            ended.setError(end.getError());
        }
        return ended.build();
    }

    /** The task of a shard that is gone, or is another one now. */
    static Task overtaken(Task task, String why, Timestamp now) {
        return task.toBuilder()
                .setState(Task.State.CANCELLED)
                .clearNote()
                .setError(CommandError.newBuilder()
                        .setCode(ErrorCode.OPERATION_CONFLICT.name())
                        .setMessage(why))
                .setEndTime(now)
                .build();
    }

    /** The collection with these members of one of its shards; unchanged when the shard is at another incarnation. */
    static CollectionState with(CollectionState collection, ShardMembers members) {
        CollectionState.Builder changed = collection.toBuilder();
        changed.getShardsBuilderList().stream()
                .filter(shard -> shard.getUid().equals(members.getShard())
                        && shard.getIncarnation() == members.getIncarnation()
                        && !(shard.getStorageNodesList().equals(members.getNodesList())
                                && shard.getStorageDisksList().equals(members.getDisksList())))
                .forEach(shard -> shard.clearStorageNodes()
                        .clearStorageDisks()
                        .addAllStorageNodes(members.getNodesList())
                        .addAllStorageDisks(members.getDisksList())
                        .setEpoch(shard.getEpoch() + 1));
        return changed.build();
    }

    private static VectorDbException conflict(ShardState shard, String message) {
        return new VectorDbException(ErrorCode.OPERATION_CONFLICT, message, Map.of("shard", shard.getName()));
    }
}
