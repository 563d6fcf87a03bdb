package io.vectordb.metadata;

import io.vectordb.internal.index.v1.GetViewsRequest;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.index.v1.ViewStatus;
import io.vectordb.internal.metadata.v1.AssignIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeIndexNodes;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets another index node serve a shard, and one that did stop: the new one loads it beside the others, and only when it has
 * caught up with the feed the old one is let go. So at every moment as many serve as before.
 *
 * <p>Nothing is remembered between steps: each looks at who is assigned, which is in the log, and at the view of the new node.
 */
final class IndexChange {

    private final StorageNodes nodes;
    private final Consumer<MetadataCommand.Builder> log;
    private final ShardState shard;
    private final Task task;
    private final ChangeIndexNodes change;

    /**
     * @param log takes a command, and returns when it is done
     * @param shard as the metadata has it now
     */
    IndexChange(StorageNodes nodes, Consumer<MetadataCommand.Builder> log, ShardState shard, Task task) {
        this.nodes = nodes;
        this.log = log;
        this.shard = shard;
        this.task = task;
        this.change = task.getChangeIndexNodes();
    }

    /** Does the next thing; blocks for as long as the calls take. */
    TaskStep next() {
        String to = change.getToNode();
        List<String> assigned = shard.getIndexNodesList();
        boolean isToStop = change.getFromNode().isEmpty() || assigned.contains(change.getFromNode());
        if (task.getWish() == Task.Wish.CANCEL && isToStop) {
            if (!to.isEmpty()) {
                assign(without(to));
            }
            return new TaskStep.Undone();
        }
        if (!to.isEmpty() && !assigned.contains(to)) {
            List<String> both = new ArrayList<>(assigned);
            both.add(to);
            assign(both);
            return new TaskStep.Working("loading", "", 0, 0);
        }
        Optional<TaskStep> loading = to.isEmpty() ? Optional.empty() : loading(to);
        if (loading.isPresent()) {
            return loading.get();
        }
        if (assigned.contains(change.getFromNode())) {
            assign(without(change.getFromNode()));
        }
        return new TaskStep.Done(Optional.empty());
    }

    private List<String> without(String node) {
        return shard.getIndexNodesList().stream()
                .filter(each -> !each.equals(node))
                .toList();
    }

    private void assign(List<String> next) {
        if (!next.equals(shard.getIndexNodesList())) {
            log.accept(MetadataCommand.newBuilder()
                    .setAssignIndexNodes(AssignIndexNodes.newBuilder()
                            .setTask(task.getId())
                            .setShard(shard.getUid())
                            .addAllNodes(next)));
        }
    }

    /** Nothing once the node serves. */
    private Optional<TaskStep> loading(String to) {
        Optional<ViewStatus> view = nodes
                .call(to, IndexServiceGrpc.getGetViewsMethod(), GetViewsRequest.getDefaultInstance())
                .getViewsList()
                .stream()
                .filter(each -> each.getShard().equals(shard.getUid()))
                .findFirst();
        if (view.filter(ViewStatus::getServing).isPresent()) {
            return Optional.empty();
        }
        String note = view.map(each -> each.getRowsLoaded() + " of about " + each.getRowsExpected() + " records")
                .orElse("node " + to + " has not begun");
        return Optional.of(new TaskStep.Working("loading", note, 0, 0));
    }
}
