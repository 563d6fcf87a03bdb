package io.vectordb.coordinator;

import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Progress;

/** Tasks of the metadata as clients see them. */
final class TaskMessages {

    private TaskMessages() {}

    static boolean isOver(Task task) {
        return task.hasEndTime();
    }

    static Operation operation(Task task, ClusterState state) {
        ChangeReplicas change = task.getChangeReplicas();
        Operation.Builder operation = Operation.newBuilder()
                .setId(task.getId())
                .setKind(kind(change))
                .setTarget("shards/" + shardName(change.getShard(), state))
                .setState(state(task))
                .setProgress(progress(task))
                .setResult(Fields.newBuilder()
                        .putValues("from_node", BackupMessages.text(change.getFromNode()))
                        .putValues("to_node", BackupMessages.text(change.getToNode()))
                        .putValues("reason", BackupMessages.text(task.getReason())))
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

    private static String kind(ChangeReplicas change) {
        if (change.getFromNode().isEmpty()) {
            return "add_replica";
        }
        return change.getToNode().isEmpty() ? "remove_replica" : "move_replica";
    }

    /** By its uid when it is gone. */
    private static String shardName(String uid, ClusterState state) {
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
