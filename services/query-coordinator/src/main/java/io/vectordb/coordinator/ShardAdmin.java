package io.vectordb.coordinator;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.Shards.Owned;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.CompactReplicaRequest;
import io.vectordb.internal.storage.v1.CompactReplicaResponse;
import io.vectordb.internal.storage.v1.CompareReplicasRequest;
import io.vectordb.internal.storage.v1.CompareReplicasResponse;
import io.vectordb.internal.storage.v1.ComparedReplica;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.SyncReplicaRequest;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.CompactShardRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Replica;
import io.vectordb.v1.ReplicaMaintenance;
import io.vectordb.v1.Shard;
import io.vectordb.v1.ShardMaintenance;
import io.vectordb.v1.SnapshotShardRequest;
import io.vectordb.v1.TransferLeaderRequest;
import io.vectordb.v1.Value;
import io.vectordb.v1.VerifyShardRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What operators ask of one shard. What cannot be done is refused before anything changes, with what to do instead. */
final class ShardAdmin {

    /** Entries that a new leader may have to catch up with while writes wait. */
    private static final long TRANSFER_LAG = 1_000;

    private static final Duration POLL = Duration.ofMillis(100);
    /** Of work that reads or writes all that a replica has. */
    private static final Duration LONG = Duration.ofHours(24);

    private final ClusterSurveyor surveyor;
    private final NodeCalls nodes;
    private final Operations operations;
    private final AuditLog audit;

    ShardAdmin(ClusterSurveyor surveyor, NodeCalls nodes, Operations operations, AuditLog audit) {
        this.surveyor = surveyor;
        this.nodes = nodes;
        this.operations = operations;
        this.audit = audit;
    }

    /** A shard as it is now, among all that was asked. */
    record Seen(Owned owned, Shard shard, ClusterSurvey survey) {

        static Seen of(String name, ClusterSurvey survey) {
            Owned owned = Shards.find(survey.state(), name);
            return new Seen(owned, ClusterMessages.shard(owned.collection(), owned.shard(), survey), survey);
        }

        String uid() {
            return owned.shard().getUid();
        }

        /** The nodes that it has replicas on now. */
        String replicaNodes() {
            return current().stream().map(Replica::getNode).collect(Collectors.joining(", "));
        }

        List<Replica> current() {
            return shard.getReplicasList().stream()
                    .filter(each -> !each.getRole().equals(ClusterMessages.RETIRED))
                    .toList();
        }

        Node node(String id) {
            return NodeCalls.find(survey.state(), id);
        }

        /**
         * The replica on a node, which works.
         *
         * @throws VectorDbException with the reason when there is none that does
         */
        Replica working(String nodeId) {
            Node node = node(nodeId);
            Replica replica = current().stream()
                    .filter(each -> each.getNode().equals(node.getId()))
                    .findFirst()
                    .orElseThrow(() -> conflict("node " + nodeId + " has no replica of shard " + shard.getId()
                            + "; its replicas are on " + replicaNodes()));
            return switch (replica.getRole()) {
                case ClusterMessages.UNREACHABLE ->
                    throw new VectorDbException(
                            ErrorCode.SHARD_UNAVAILABLE,
                            "node " + nodeId + " does not answer: " + replica.getReason(),
                            Map.of("node", nodeId));
                case ClusterMessages.SET_ASIDE, ClusterMessages.MISSING ->
                    throw conflict("the replica of shard " + shard.getId() + " on node " + nodeId + " does not work: "
                            + replica.getReason());
                default -> replica;
            };
        }

        VectorDbException conflict(String message) {
            return new VectorDbException(ErrorCode.OPERATION_CONFLICT, message, Map.of("shard", shard.getId()));
        }

        Node leader() {
            if (shard.getLeader().isEmpty()) {
                throw new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE,
                        "shard " + shard.getId()
                                + " has no leader: repeat this when one is elected, or see its replicas",
                        Map.of("shard", shard.getId()));
            }
            return node(shard.getLeader());
        }
    }

    Mono<Seen> see(String shard, TimeBudget time) {
        return surveyor.survey(time).map(survey -> Seen.of(shard, survey));
    }

    Mono<Shard> transfer(TransferLeaderRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of("transfer_leader", "shards/" + request.getShard(), "");
        if (request.getToNode().isEmpty()) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "to_node is missing: which node is to lead?");
        }
        return see(request.getShard(), time).flatMap(seen -> {
            Replica replica = seen.working(request.getToNode());
            if (seen.leader().getId().equals(replica.getNode())) {
                return Mono.just(seen.shard());
            }
            refuseAsLeader(seen, replica);
            if (request.getDryRun()) {
                return Mono.just(seen.shard());
            }
            String detail = "from " + seen.shard().getLeader() + " to " + replica.getNode();
            return audit.around(change.with(detail), time, () -> transfer(seen, replica.getNode(), time));
        });
    }

    private static void refuseAsLeader(Seen seen, Replica replica) {
        if (replica.getRole().equals(ClusterMessages.LISTENER)) {
            throw seen.conflict("the replica of shard " + seen.shard().getId() + " on node " + replica.getNode()
                    + " only listens: it has to be promoted before it can lead");
        }
        if (replica.getLag() > TRANSFER_LAG) {
            throw seen.conflict("the replica of shard " + seen.shard().getId() + " on node " + replica.getNode()
                    + " is " + replica.getLag() + " entries behind: repeat this when it lacks at most "
                    + TRANSFER_LAG);
        }
    }

    private Mono<Shard> transfer(Seen seen, String toNode, TimeBudget time) {
        TransferLeadershipRequest request = TransferLeadershipRequest.newBuilder()
                .setShard(seen.uid())
                .setNode(toNode)
                .build();
        return nodes.call(seen.leader(), StorageAdminServiceGrpc.getTransferLeadershipMethod(), request, time.left())
                .then(awaitLeader(seen.shard().getId(), toNode, time));
    }

    /** The shard as soon as this node leads it. */
    Mono<Shard> awaitLeader(String shard, String node, TimeBudget time) {
        return Mono.defer(() -> see(shard, time))
                .map(Seen::shard)
                .filter(now -> now.getLeader().equals(node))
                .repeatWhenEmpty(Integer.MAX_VALUE, empty -> empty.delayElements(POLL))
                .timeout(time.left())
                .onErrorMap(GrpcErrors::fromThrowable);
    }

    private static List<Replica> asked(Seen seen, String node) {
        return node.isEmpty() ? seen.current() : List.of(seen.working(node));
    }

    Mono<ShardMaintenance> snapshot(SnapshotShardRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of("snapshot_shard", "shards/" + request.getShard(), "");
        return see(request.getShard(), time).flatMap(seen -> {
            List<Replica> replicas = asked(seen, request.getNode());
            String detail = replicas.stream().map(Replica::getNode).collect(Collectors.joining(", ", "on ", ""));
            return audit.around(
                    change.with(detail),
                    time,
                    () -> Flux.fromIterable(replicas)
                            .flatMapSequential(replica -> snapshot(seen, replica, time))
                            .collectList()
                            .map(done -> refuseIfNone(seen, done)));
        });
    }

    private static ShardMaintenance refuseIfNone(Seen seen, List<ReplicaMaintenance> done) {
        if (done.stream().allMatch(ReplicaMaintenance::hasError)) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "no replica of shard " + seen.shard().getId() + " has done it: "
                            + done.stream()
                                    .map(each -> each.getNode() + ": "
                                            + each.getError().getMessage())
                                    .collect(Collectors.joining("; ")),
                    Map.of("shard", seen.shard().getId()));
        }
        return ShardMaintenance.newBuilder().addAllReplicas(done).build();
    }

    private Mono<ReplicaMaintenance> snapshot(Seen seen, Replica replica, TimeBudget time) {
        ReplicaMaintenance.Builder done = ReplicaMaintenance.newBuilder().setNode(replica.getNode());
        SyncReplicaRequest request =
                SyncReplicaRequest.newBuilder().setShard(seen.uid()).build();
        return atReplica(seen, replica, StorageAdminServiceGrpc.getSyncReplicaMethod(), request, time.left())
                .map(answer -> done.setAppliedIndex(answer.getAppliedIndex()).build())
                .onErrorResume(e -> Mono.just(done.setAppliedIndex(-1)
                        .setError(GrpcErrors.toItemError(GrpcErrors.fromThrowable(e)))
                        .build()));
    }

    private <Q, A> Mono<A> atReplica(
            Seen seen, Replica replica, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return Mono.defer(
                () -> nodes.call(seen.node(seen.working(replica.getNode()).getNode()), method, request, timeout));
    }

    Mono<Operation> compact(CompactShardRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of("compact_shard", "shards/" + request.getShard(), "");
        return see(request.getShard(), time).map(seen -> {
            List<Replica> replicas = asked(seen, request.getNode());
            // What does not work is told before the work begins.
            replicas.forEach(replica -> seen.working(replica.getNode()));
            String detail = replicas.stream().map(Replica::getNode).collect(Collectors.joining(", ", "on ", ""));
            return operations.start(
                    new Operations.Start(
                            "compact_shard", "shards/" + request.getShard(), request, request.getRequestId()),
                    audit.around(change.with(detail), handle -> compact(seen, replicas, handle)));
        });
    }

    /** One after another, so that the others serve at their usual pace. */
    private Fields compact(Seen seen, List<Replica> replicas, Operations.Handle handle) {
        Fields.Builder result = Fields.newBuilder()
                .putValues("shard", BackupMessages.text(seen.shard().getId()));
        Tally tally = new Tally(handle, "compacting", "replicas", replicas.size());
        CompactReplicaRequest request =
                CompactReplicaRequest.newBuilder().setShard(seen.uid()).build();
        for (Replica replica : replicas) {
            CompactReplicaResponse answer = Objects.requireNonNull(
                    atReplica(seen, replica, StorageAdminServiceGrpc.getCompactReplicaMethod(), request, LONG)
                            .block());
            tally.reached(replica.getNode(), 1);
            result.putValues(
                    replica.getNode(),
                    BackupMessages.text(answer.getBytesBefore() + " -> " + answer.getBytesAfter() + " bytes"));
        }
        return result.build();
    }

    Mono<Operation> verify(VerifyShardRequest request, TimeBudget time) {
        return see(request.getShard(), time).map(seen -> {
            Node leader = seen.leader();
            return operations.start(
                    new Operations.Start(
                            "verify_shard", "shards/" + request.getShard(), request, request.getRequestId()),
                    _ -> verify(seen, leader));
        });
    }

    private Fields verify(Seen seen, Node leader) {
        CompareReplicasResponse compared = Objects.requireNonNull(nodes.call(
                        leader,
                        StorageAdminServiceGrpc.getCompareReplicasMethod(),
                        CompareReplicasRequest.newBuilder().setShard(seen.uid()).build(),
                        LONG)
                .block());
        Fields.Builder replicas = Fields.newBuilder();
        compared.getReplicasList()
                .forEach(each -> replicas.putValues(each.getNode(), BackupMessages.text(found(each))));
        List<String> differing = compared.getReplicasList().stream()
                .filter(each -> each.getDiffersInCount() > 0)
                .map(ComparedReplica::getNode)
                .toList();
        List<String> silent = compared.getReplicasList().stream()
                .filter(each -> !each.hasHash())
                .map(ComparedReplica::getNode)
                .toList();
        return Fields.newBuilder()
                .putValues("shard", BackupMessages.text(seen.shard().getId()))
                .putValues("log_index", BackupMessages.number(compared.getLogIndex()))
                .putValues(
                        "alike",
                        Value.newBuilder().setBoolValue(compared.getAlike()).build())
                .putValues("differing", list(differing))
                .putValues("unanswered", list(silent))
                .putValues(
                        "replicas", Value.newBuilder().setObjectValue(replicas).build())
                .build();
    }

    private static String found(ComparedReplica replica) {
        if (!replica.hasHash()) {
            return "no answer: " + replica.getFailure();
        }
        return replica.getDiffersInCount() == 0
                ? "alike"
                : "differs from the leader in " + String.join(", ", replica.getDiffersInList());
    }

    private static Value list(List<String> texts) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addAllItems(texts.stream().map(BackupMessages::text).toList()))
                .build();
    }
}
