package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.AssignIndexNodes;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.ControlTaskResponse;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.StartTask;
import io.vectordb.internal.metadata.v1.StartTaskResponse;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.metadata.v1.UndrainNodeRequest;
import io.vectordb.internal.metadata.v1.UndrainNodeResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What commands about tasks do to the state. Deterministic. For one command. */
final class TaskCommands {

    private final StateEdit edit;
    private final long index;
    private final Timestamp time;

    TaskCommands(StateEdit edit, long index, Timestamp time) {
        this.edit = edit;
        this.index = index;
        this.time = time;
    }

    StartTaskResponse start(StartTask command) {
        Task task = TaskRules.begin(edit.state(), index, time, command.getRequest());
        putTask(task);
        if (task.hasDrainNode()) {
            edit.put(NodeCommands.drained(
                    TaskRules.requireNode(edit.state(), task.getDrainNode().getNode()), time));
        }
        forgetOldTasks();
        return StartTaskResponse.newBuilder()
                .setTask(task)
                .setVersion(edit.version(index))
                .build();
    }

    private void forgetOldTasks() {
        List<Task> over =
                edit.state().tasks().values().stream().filter(TaskRules::isOver).toList();
        over.subList(0, Math.max(0, over.size() - TaskRules.KEPT)).forEach(edit::remove);
    }

    ControlTaskResponse control(ControlTaskRequest request) {
        Task task = TaskRules.control(edit.state(), request.getId(), request.getWish());
        putTask(task);
        return ControlTaskResponse.newBuilder()
                .setTask(task)
                .setVersion(edit.version(index))
                .build();
    }

    void advance(AdvanceTask step) {
        working(step.getId()).ifPresent(task -> putTask(TaskRules.advanced(task, step)));
    }

    void end(EndTask end) {
        working(end.getId()).ifPresent(task -> {
            if (isRefused(task, end)) {
                return;
            }
            Task ended = TaskRules.ended(task, end, time);
            putTask(ended);
            if (ended.hasDrainNode()) {
                endDrain(ended);
            }
            if (end.hasMembers()) {
                edit.state().collectionOfShard(end.getMembers().getShard()).ifPresent(before -> {
                    CollectionState after = TaskRules.with(before, end.getMembers());
                    if (!after.equals(before)) {
                        edit.put(after);
                    }
                });
            }
        });
    }

    /** A node that was given something since the leader looked is not empty. */
    private boolean isRefused(Task task, EndTask end) {
        return task.hasDrainNode()
                && end.getState() == Task.State.SUCCEEDED
                && TaskRules.holdings(edit.state(), task.getDrainNode().getNode()) > 0;
    }

    private void endDrain(Task ended) {
        Node node = edit.state().nodes().get(ended.getDrainNode().getNode());
        if (node == null) {
            return;
        }
        if (ended.getState() != Task.State.SUCCEEDED) {
            edit.put(NodeCommands.undrained(node, time));
        } else if (ended.getDrainNode().getDecommission()) {
            edit.put(NodeCommands.decommissioned(node, time));
        }
    }

    UndrainNodeResponse undrain(UndrainNodeRequest request) {
        Node node = TaskRules.requireNode(edit.state(), request.getNode());
        if (node.getState() == Node.State.DECOMMISSIONED) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "Node " + node.getId() + " was decommissioned: it cannot come back",
                    Map.of("node", node.getId()));
        }
        edit.state().tasks().values().stream()
                .filter(task -> !TaskRules.isOver(task)
                        && task.hasDrainNode()
                        && task.getDrainNode().getNode().equals(node.getId()))
                .forEach(task -> putTask(TaskRules.overtaken(task, "The node was undrained", time)));
        edit.put(NodeCommands.undrained(node, time));
        return UndrainNodeResponse.newBuilder()
                .setNode(edit.state().nodes().get(node.getId()))
                .setVersion(edit.version(index))
                .build();
    }

    void assign(AssignIndexNodes command) {
        Optional<Task> task = working(command.getTask());
        Optional<CollectionState> collection = edit.state().collectionOfShard(command.getShard());
        if (task.isEmpty() || collection.isEmpty()) {
            return;
        }
        CollectionState.Builder assigned = collection.get().toBuilder();
        assigned.getShardsBuilderList().stream()
                // Others may have assigned nodes since, in the place of one that went; and nobody is no answer.
                .filter(shard -> shard.getUid().equals(command.getShard())
                        && command.getNodesCount() > 0
                        && shard.getIndexNodesList().equals(command.getIfNodesList()))
                .forEach(shard -> shard.clearIndexNodes()
                        .addAllIndexNodes(command.getNodesList())
                        .setEpoch(shard.getEpoch() + 1));
        if (!assigned.build().equals(collection.get())) {
            edit.put(assigned.build());
        }
    }

    private Optional<Task> working(String id) {
        return edit.state().task(id).filter(task -> !TaskRules.isOver(task));
    }

    /** Ends what works on a shard that is gone, or is another one now. */
    void overtake(String shardUid, String why) {
        edit.state().tasks().values().stream()
                .filter(task -> !TaskRules.isOver(task) && TaskRules.shard(task).equals(Optional.of(shardUid)))
                .forEach(task -> putTask(TaskRules.overtaken(task, why, time)));
    }

    private void putTask(Task task) {
        if (!edit.state().task(task.getId()).equals(Optional.of(task))) {
            edit.put(task);
        }
    }
}
