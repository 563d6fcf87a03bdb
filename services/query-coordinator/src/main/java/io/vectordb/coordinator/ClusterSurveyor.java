package io.vectordb.coordinator;

import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.ClusterSurvey.NodeAnswer;
import io.vectordb.internal.index.v1.GetViewsRequest;
import io.vectordb.internal.index.v1.GetViewsResponse;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.DiskInfo;
import io.vectordb.internal.storage.v1.ListDisksRequest;
import io.vectordb.internal.storage.v1.ListDisksResponse;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.rpc.GrpcErrors;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks all nodes at once how they are. Those that do not answer in time are in the result with the reason. */
final class ClusterSurveyor {

    /** A node that hangs must leave the others' answers time to be told. */
    private static final Duration MOST = Duration.ofSeconds(3);

    private final Catalog catalog;
    private final NodeCalls nodes;

    ClusterSurveyor(Catalog catalog, NodeCalls nodes) {
        this.catalog = catalog;
        this.nodes = nodes;
    }

    /** By the newest metadata. */
    Mono<ClusterSurvey> survey(TimeBudget time) {
        return catalog.refresh(time).flatMap(state -> survey(state, time));
    }

    private Mono<ClusterSurvey> survey(ClusterState state, TimeBudget time) {
        Duration share = time.left().multipliedBy(4).dividedBy(5);
        Duration timeout = share.compareTo(MOST) < 0 ? share : MOST;
        return Flux.fromIterable(state.getNodesList())
                .flatMap(node -> ask(node, timeout), Integer.MAX_VALUE)
                .collect(Collectors.toMap(answer -> answer.node().getId(), Function.identity()))
                .map(answers -> new ClusterSurvey(state, answers));
    }

    private Mono<NodeAnswer> ask(Node node, Duration timeout) {
        if (node.getState() == Node.State.DECOMMISSIONED) {
            return Mono.just(NodeAnswer.none(node, node.getStateReason()));
        }
        Mono<NodeAnswer> answer = switch (node.getService()) {
            case STORAGE -> askStorage(node, timeout);
            case INDEX -> askIndex(node, timeout);
            case COORDINATOR, GATEWAY, SERVICE_UNSPECIFIED, UNRECOGNIZED -> Mono.just(NodeAnswer.none(node, ""));
        };
        return answer.onErrorResume(e -> Mono.just(NodeAnswer.none(node, reason(e, timeout))));
    }

    private Mono<NodeAnswer> askStorage(Node node, Duration timeout) {
        Mono<List<DiskInfo>> disks = nodes.call(
                        node,
                        StorageAdminServiceGrpc.getListDisksMethod(),
                        ListDisksRequest.getDefaultInstance(),
                        timeout)
                .map(ListDisksResponse::getDisksList)
                // A disk that hangs holds up the measuring of all; the node is there nevertheless.
                .onErrorReturn(List.of());
        // Neither may fail: the first that did would be the end of the other.
        Mono<NodeAnswer> replicas = nodes.call(
                        node,
                        StorageAdminServiceGrpc.getListReplicasMethod(),
                        ListReplicasRequest.getDefaultInstance(),
                        timeout)
                .map(answer -> storage(node, answer.getReplicasList(), List.of()))
                .onErrorResume(e -> Mono.just(NodeAnswer.none(node, reason(e, timeout))));
        return replicas.zipWith(
                disks, (answer, measured) -> answer.answered() ? storage(node, answer.replicas(), measured) : answer);
    }

    private static NodeAnswer storage(Node node, List<ReplicaInfo> replicas, List<DiskInfo> disks) {
        return new NodeAnswer(node, replicas, disks, GetViewsResponse.getDefaultInstance(), "");
    }

    private Mono<NodeAnswer> askIndex(Node node, Duration timeout) {
        return nodes.call(node, IndexServiceGrpc.getGetViewsMethod(), GetViewsRequest.getDefaultInstance(), timeout)
                .map(answer -> new NodeAnswer(node, List.of(), List.of(), answer, ""));
    }

    private static String reason(Throwable thrown, Duration timeout) {
        VectorDbException error = GrpcErrors.fromThrowable(thrown);
        return switch (error.code()) {
            case DEADLINE_EXCEEDED -> "no answer within " + timeout.toMillis() + " ms";
            default -> "no answer: " + error.getMessage();
        };
    }
}
