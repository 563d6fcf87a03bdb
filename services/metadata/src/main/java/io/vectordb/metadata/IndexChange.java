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
        String from = change.getFromNode();
        List<String> assigned = shard.getIndexNodesList();
        boolean mayBeUndone = from.isEmpty() || assigned.contains(from);
        if (task.getWish() == Task.Wish.CANCEL && mayBeUndone) {
            return assigned.contains(to) && assigned.size() > 1
                    ? assign("undoing", without(to))
                    : new TaskStep.Undone();
        }
        if (!to.isEmpty() && !assigned.contains(to)) {
            List<String> both = new ArrayList<>(assigned);
            both.add(to);
            return assign("loading", both);
        }
        if (from.isEmpty() || !assigned.contains(from)) {
            return loading(to).orElseGet(() -> new TaskStep.Done(Optional.empty()));
        }
        return waitsFor(to).orElseGet(() -> assign("handing over", without(from)));
    }

    /** Why the old one must not stop yet. */
    private Optional<TaskStep> waitsFor(String to) {
        if (!to.isEmpty()) {
            return loading(to);
        }
        List<String> others = without(change.getFromNode());
        boolean isServed = others.stream().anyMatch(node -> loading(node).isEmpty());
        return isServed
                ? Optional.empty()
                : Optional.of(new TaskStep.Working("removing", "no other index node serves: " + others, 0, 0));
    }

    private List<String> without(String node) {
        return shard.getIndexNodesList().stream()
                .filter(each -> !each.equals(node))
                .toList();
    }

    /** The next step looks whether it was done. */
    private TaskStep assign(String phase, List<String> next) {
        log.accept(MetadataCommand.newBuilder()
                .setAssignIndexNodes(AssignIndexNodes.newBuilder()
                        .setTask(task.getId())
                        .setShard(shard.getUid())
                        .addAllNodes(next)
                        .addAllIfNodes(shard.getIndexNodesList())));
        return new TaskStep.Working(phase, "", 0, 0);
    }

    /** Nothing once the node serves. */
    private Optional<TaskStep> loading(String to) {
        if (to.isEmpty()) {
            return Optional.empty();
        }
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
