package io.vectordb.coordinator;

import io.vectordb.internal.metadata.v1.ChangeIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Progress;
import java.util.Map;

/** Tasks of the metadata as clients see them. */
final class TaskMessages {

    private TaskMessages() {}

    static boolean isOver(Task task) {
        return task.hasEndTime();
    }

    static Operation operation(Task task, ClusterState state) {
        Work work = work(task, state);
        Fields.Builder result = Fields.newBuilder().putValues("reason", BackupMessages.text(task.getReason()));
        work.details().forEach((name, value) -> result.putValues(name, BackupMessages.text(value)));
        Operation.Builder operation = Operation.newBuilder()
                .setId(task.getId())
                .setKind(work.kind())
                .setTarget(work.target())
                .setState(state(task))
                .setProgress(progress(task))
                .setResult(result)
                .setCanCancel(!isOver(task))
                .setCanPause(!isOver(task) && task.getWish() != Task.Wish.CANCEL)
                .setStartedBy(task.getStartedBy())
                .setCreateTime(task.getCreateTime());
        if (isOver(task)) {
            operation.setEndTime(task.getEndTime());
        }
        if (task.hasError()) {
            operation.setError(error(task.getError()));
        }
        return operation.build();
    }

    /** What a task is about. */
    private record Work(String kind, String target, Map<String, String> details) {}

    private static Work work(Task task, ClusterState state) {
        return switch (task.getWorkCase()) {
            case CHANGE_REPLICAS -> {
                ChangeReplicas change = task.getChangeReplicas();
                yield ofShard("replica", change.getShard(), change.getFromNode(), change.getToNode(), state);
            }
            case CHANGE_INDEX_NODES -> {
                ChangeIndexNodes change = task.getChangeIndexNodes();
                yield ofShard("index", change.getShard(), change.getFromNode(), change.getToNode(), state);
            }
            case DRAIN_NODE ->
                new Work(
                        task.getDrainNode().getDecommission() ? "decommission_node" : "drain_node",
                        "nodes/" + task.getDrainNode().getNode(),
                        Map.of());
            case REBALANCE ->
                new Work("rebalance", collectionName(task.getRebalance().getCollection(), state), Map.of());
            case WORK_NOT_SET -> new Work("unknown", "", Map.of());
        };
    }

    private static Work ofShard(String what, String shard, String from, String to, ClusterState state) {
        String verb = from.isEmpty() ? "add_" : to.isEmpty() ? "remove_" : "move_";
        return new Work(verb + what, "shards/" + shardName(shard, state), Map.of("from_node", from, "to_node", to));
    }

    private static String collectionName(String uid, ClusterState state) {
        return state.getCollectionsList().stream()
                .filter(each -> each.getCollection().getUid().equals(uid))
                .map(each -> "collections/" + each.getCollection().getName())
                .findFirst()
                .orElse("");
    }

    /** By its uid when it is gone. */
    static String shardName(String uid, ClusterState state) {
        return Shards.all(state).stream()
                .map(Shards.Owned::shard)
                .filter(shard -> shard.getUid().equals(uid))
                .map(ShardState::getName)
                .findFirst()
                .orElse(uid);
    }

    private static Operation.State state(Task task) {
        return switch (task.getState()) {
            case SUCCEEDED -> Operation.State.SUCCEEDED;
            case FAILED -> Operation.State.FAILED;
            case CANCELLED -> Operation.State.CANCELLED;
            case QUEUED, RUNNING, STATE_UNSPECIFIED, UNRECOGNIZED ->
                task.getWish() == Task.Wish.PAUSE
                        ? Operation.State.PAUSED
                        : task.getState() == Task.State.RUNNING ? Operation.State.RUNNING : Operation.State.QUEUED;
        };
    }

    private static Progress progress(Task task) {
        String phase = task.getNote().isEmpty() ? task.getPhase() : task.getPhase() + ": " + task.getNote();
        return Progress.newBuilder()
                .setPhase(phase)
                .setBytesDone(task.getBytesDone())
                .setBytesTotal(task.getBytesTotal())
                .build();
    }

    private static ItemError error(CommandError error) {
        return ItemError.newBuilder()
                .setCode(error.getCode())
                .setMessage(error.getMessage())
                .putAllMetadata(error.getMetadataMap())
                .build();
    }
}
