package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.v1.MoveReplicaRequest;
import io.vectordb.v1.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Long changes of the cluster, which the metadata keeps and drives, as operations. They are the same at every coordinator,
 * and outlive all of them.
 */
final class ClusterTasks {

    /** What the ids of these operations begin with, and those of others do not. */
    static final String PREFIX = "task-";

    private static final Duration POLL = Duration.ofMillis(100);

    private final Catalog catalog;
    private final AuditLog audit;

    ClusterTasks(Catalog catalog, AuditLog audit) {
        this.catalog = catalog;
        this.audit = audit;
    }

    /** Begins to move a replica, to add one (no {@code from_node}) or to take one away (no {@code to_node}). */
    Mono<Operation> move(MoveReplicaRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of(
                "move_replica",
                "shards/" + request.getShard(),
                "from " + orNone(request.getFromNode()) + " to " + orNone(request.getToNode()));
        String shard = Shards.find(catalog.state(), request.getShard()).shard().getUid();
        StartTaskRequest start = StartTaskRequest.newBuilder()
                .setChangeReplicas(ChangeReplicas.newBuilder()
                        .setShard(shard)
                        .setFromNode(request.getFromNode())
                        .setToNode(request.getToNode()))
                .setStartedBy(change.actor())
                .setReason("asked for")
                .setRequestId(RequestIds.orNew(request.getRequestId()))
                .build();
        return audit.around(change, time, () -> catalog.start(start, time)).map(this::operation);
    }

    private static String orNone(String node) {
        return node.isEmpty() ? "none" : node;
    }

    private Operation operation(Task task) {
        return TaskMessages.operation(task, catalog.state());
    }

    /** As it is now; with {@code wait}, at its end or when the time is nearly up. */
    Mono<Operation> get(String id, boolean wait, TimeBudget time) {
        Mono<Operation> now = catalog.refresh(time).map(state -> TaskMessages.operation(find(state, id), state));
        if (!wait) {
            return now;
        }
        Duration most = time.left().multipliedBy(9).dividedBy(10);
        return now.then(Flux.interval(Duration.ZERO, POLL)
                .filter(_ -> TaskMessages.isOver(find(catalog.state(), id)))
                .next()
                .timeout(most, Mono.empty())
                .then(Mono.fromSupplier(() -> operation(find(catalog.state(), id)))));
    }

    /** The newest first. */
    List<Operation> list() {
        ClusterState state = catalog.state();
        return state.getTasksList().reversed().stream()
                .map(task -> TaskMessages.operation(task, state))
                .toList();
    }

    /** Pauses a task, lets it go on, or cancels it; it follows soon. */
    Mono<Operation> control(String id, Task.Wish wish, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of(
                switch (wish) {
                    case RUN, UNRECOGNIZED -> "resume_operation";
                    case PAUSE -> "pause_operation";
                    case CANCEL -> "cancel_operation";
                },
                "operations/" + id,
                "");
        ControlTaskRequest request =
                ControlTaskRequest.newBuilder().setId(id).setWish(wish).build();
        return audit.around(change, time, () -> catalog.control(request, time)).map(this::operation);
    }

    private static Task find(ClusterState state, String id) {
        return state.getTasksList().stream()
                .filter(task -> task.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.OPERATION_NOT_FOUND, "there is no operation " + id, Map.of("operation", id)));
    }
}
