package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.DrainNode;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.PlanRebalanceRequest;
import io.vectordb.internal.metadata.v1.PlanRebalanceResponse;
import io.vectordb.internal.metadata.v1.Rebalance;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.metadata.v1.UndrainNodeResponse;
import io.vectordb.v1.MoveReplicaRequest;
import io.vectordb.v1.Operation;
import io.vectordb.v1.RebalanceRequest;
import io.vectordb.v1.RebalanceResponse;
import io.vectordb.v1.UndrainNodeRequest;
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
        StartTaskRequest.Builder start = StartTaskRequest.newBuilder()
                .setChangeReplicas(ChangeReplicas.newBuilder()
                        .setShard(shard)
                        .setFromNode(request.getFromNode())
                        .setToNode(request.getToNode()));
        return start(change, start, request.getRequestId(), time);
    }

    private Mono<Operation> start(
            AuditLog.Change change, StartTaskRequest.Builder task, String requestId, TimeBudget time) {
        StartTaskRequest start = task.setStartedBy(change.actor())
                .setReason("asked for")
                .setRequestId(RequestIds.orNew(requestId))
                .build();
        return audit.around(change, time, () -> catalog.start(start, time)).map(this::operation);
    }

    /** Begins to empty a node; with {@code decommission}, to let it go for good. */
    Mono<Operation> drain(String node, boolean decommission, String requestId, TimeBudget time) {
        requireName(node);
        AuditLog.Change change =
                AuditLog.Change.of(decommission ? "decommission_node" : "drain_node", "nodes/" + node, "");
        StartTaskRequest.Builder start = StartTaskRequest.newBuilder()
                .setDrainNode(DrainNode.newBuilder().setNode(node).setDecommission(decommission));
        return start(change, start, requestId, time);
    }

    private static void requireName(String node) {
        if (node.isEmpty()) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "node is missing: which one?");
        }
    }

    /** Lets a node have something again, as the metadata know it then. */
    Mono<Node> undrain(UndrainNodeRequest request, TimeBudget time) {
        requireName(request.getNode());
        AuditLog.Change change = AuditLog.Change.of("undrain_node", "nodes/" + request.getNode(), "");
        io.vectordb.internal.metadata.v1.UndrainNodeRequest undrain =
                io.vectordb.internal.metadata.v1.UndrainNodeRequest.newBuilder()
                        .setNode(request.getNode())
                        .setRequestId(RequestIds.orNew(request.getRequestId()))
                        .build();
        return audit.around(change, time, () -> catalog.undrain(undrain, time)).map(UndrainNodeResponse::getNode);
    }

    /** Tells what would be moved, and begins it unless it is a dry run. */
    Mono<RebalanceResponse> rebalance(RebalanceRequest request, TimeBudget time) {
        String uid = request.getCollection().isEmpty()
                ? ""
                : collection(request.getCollection()).getCollection().getUid();
        PlanRebalanceRequest look =
                PlanRebalanceRequest.newBuilder().setCollection(uid).build();
        Mono<RebalanceResponse.Builder> plan = catalog.planRebalance(look, time).map(this::plan);
        if (request.getDryRun()) {
            return plan.map(RebalanceResponse.Builder::build);
        }
        AuditLog.Change change = AuditLog.Change.of(
                "rebalance", request.getCollection().isEmpty() ? "" : "collections/" + request.getCollection(), "");
        StartTaskRequest.Builder start = StartTaskRequest.newBuilder()
                .setRebalance(Rebalance.newBuilder().setCollection(uid));
        return plan.flatMap(response -> start(change, start, request.getRequestId(), time)
                .map(operation -> response.setOperation(operation).build()));
    }

    private CollectionState collection(String name) {
        return catalog.state().getCollectionsList().stream()
                .filter(each -> each.getCollection().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.COLLECTION_NOT_FOUND, "there is no collection " + name, Map.of("collection", name)));
    }

    private RebalanceResponse.Builder plan(PlanRebalanceResponse plan) {
        ClusterState state = catalog.state();
        RebalanceResponse.Builder response = RebalanceResponse.newBuilder().addAllObstacles(plan.getObstaclesList());
        plan.getStepsList()
                .forEach(step -> response.addMovesBuilder()
                        .setKind(step.getKind())
                        .setShard(TaskMessages.shardName(step.getShard(), state))
                        .setFromNode(step.getFromNode())
                        .setToNode(step.getToNode())
                        .setBytes(step.getBytes())
                        .setCause(step.getCause())
                        .setReason(step.getReason()));
        return response;
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
