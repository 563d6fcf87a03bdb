package io.vectordb.metadata;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ClusterSettings;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.AddFieldsResponse;
import io.vectordb.internal.metadata.v1.AdmitMemberRequest;
import io.vectordb.internal.metadata.v1.AdmitMemberResponse;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.ControlTaskResponse;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionResponse;
import io.vectordb.internal.metadata.v1.DescribeMemberRequest;
import io.vectordb.internal.metadata.v1.DescribeMemberResponse;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionResponse;
import io.vectordb.internal.metadata.v1.ListAuditRequest;
import io.vectordb.internal.metadata.v1.ListAuditResponse;
import io.vectordb.internal.metadata.v1.ListHeartbeatsRequest;
import io.vectordb.internal.metadata.v1.ListHeartbeatsResponse;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.PlanRebalanceRequest;
import io.vectordb.internal.metadata.v1.PlanRebalanceResponse;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import io.vectordb.internal.metadata.v1.StartTask;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.StartTaskResponse;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.metadata.v1.SucceedShardResponse;
import io.vectordb.internal.metadata.v1.UndrainNodeRequest;
import io.vectordb.internal.metadata.v1.UndrainNodeResponse;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.internal.metadata.v1.UpdateCollectionResponse;
import io.vectordb.internal.metadata.v1.UpdateSettingsRequest;
import io.vectordb.internal.metadata.v1.UpdateSettingsResponse;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.schema.CollectionNames;
import io.vectordb.schema.Settings;
import io.vectordb.v1.Collection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The metadata service as the other services call it. Checks what can be checked without the state, puts chance and
 * time into the command, and answers when the log has it. Schemas come complete from the coordinator. Only the leader does;
 * any member serves a watch from a version, and says what it is itself.
 *
 * <p>A call waits as long as its deadline allows, at most {@value #MOST_SECONDS} s.
 */
final class MetadataGrpcService extends MetadataServiceGrpc.MetadataServiceImplBase {

    private static final int MOST_SECONDS = 10;

    private final MetadataLog log;
    private final WatchHub hub;
    private final NodeSupervision nodes;
    private final Rebalancer rebalancer;
    private final int defaultReplicas;
    /** For what asks other nodes and waits for them. */
    private final Executor blocking =
            command -> Thread.ofVirtual().name("metadata-look").start(command);

    MetadataGrpcService(
            MetadataLog log, WatchHub hub, NodeSupervision nodes, Rebalancer rebalancer, int defaultReplicas) {
        this.log = log;
        this.rebalancer = rebalancer;
        this.nodes = nodes;
        this.hub = hub;
        this.defaultReplicas = defaultReplicas;
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
        refuseOtherCluster(request.getClusterId());
        WatchHub.Watcher watcher = hub.prepare((ServerCallStreamObserver<ClusterUpdate>) observer);
        if (request.getFromVersion() > 0 && !request.getConfirmed()) {
            hub.begin(watcher, request.getFromVersion(), false);
            return;
        }
        log.confirm(remaining()).whenComplete((_, e) -> {
            if (e != null) {
                observer.onError(cause(e));
            } else {
                hub.begin(watcher, request.getFromVersion(), true);
            }
        });
    }

    /** Two clusters that reach each other by mistake would take each other's shards for deleted ones. */
    private void refuseOtherCluster(String clusterId) {
        if (clusterId.isEmpty()) {
            return;
        }
        String ours = log.state().clusterId();
        if (!ours.isEmpty() && !ours.equals(clusterId)) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "This is cluster " + ours + ", the caller belongs to cluster " + clusterId,
                    Map.of("cluster", ours));
        }
    }

    @Override
    public void describeMember(DescribeMemberRequest request, StreamObserver<DescribeMemberResponse> observer) {
        observer.onNext(log.describe());
        observer.onCompleted();
    }

    @Override
    public void admitMember(AdmitMemberRequest request, StreamObserver<AdmitMemberResponse> observer) {
        answer(log.admit(request.getId(), remaining()), observer);
    }

    /** Becomes an entry only when it says something new: it is also the sign of life of every node. */
    @Override
    public void registerNode(RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> observer) {
        checkNode(request.getNode());
        log.requireLeader();
        refuseOtherCluster(request.getClusterId());
        MetadataState state = log.state();
        Node reported = NodeCommands.report(request.getNode());
        Node known = state.nodes().get(reported.getId());
        if (known != null && known.getState() == Node.State.DECOMMISSIONED) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "Node " + known.getId() + " was decommissioned: empty its data folder and give it another id",
                    Map.of("node", known.getId()));
        }
        if (state.clusterId().isEmpty()) {
            throw new VectorDbException(ErrorCode.STARTING, "The cluster has no id yet");
        }
        nodes.heard(reported);
        if (known != null && reported.equals(NodeCommands.report(known))) {
            observer.onNext(RegisterNodeResponse.newBuilder()
                    .setClusterId(state.clusterId())
                    .setVersion(state.version())
                    .build());
            observer.onCompleted();
            return;
        }
        RegisterNodeRequest told =
                RegisterNodeRequest.newBuilder().setNode(reported).build();
        submit(MetadataCommand.newBuilder().setRegisterNode(told), MetadataResult::getRegisterNode, observer);
    }

    @Override
    public void listHeartbeats(ListHeartbeatsRequest request, StreamObserver<ListHeartbeatsResponse> observer) {
        log.requireLeader();
        observer.onNext(nodes.heartbeats());
        observer.onCompleted();
    }

    @Override
    public void updateSettings(UpdateSettingsRequest request, StreamObserver<UpdateSettingsResponse> observer) {
        checkRequestId(request.getRequestId());
        log.requireLeader();
        // The log refuses the same, but cannot tell all violations.
        ClusterSettings.of(log.state().control().getSettingsMap()).with(request.getSetMap(), request.getUnsetList());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setUpdateSettings(request),
                MetadataResult::getUpdateSettings,
                observer);
    }

    @Override
    public void createCollection(CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> observer) {
        checkRequestId(request.getRequestId());
        Collection wanted = request.getCollection();
        CollectionNames.check(wanted.getName());
        CreateCollectionRequest checked = request.toBuilder()
                .setCollection(wanted.toBuilder().setSettings(Settings.complete(wanted.getSettings())))
                .build();
        CreateCollection command = CreateCollection.newBuilder()
                .setRequest(checked)
                .setUid(UUID.randomUUID().toString())
                .setDefaultReplicas(defaultReplicas)
                .build();
        submit(
                MetadataCommand.newBuilder().setCreateCollection(command),
                MetadataResult::getCreateCollection,
                observer);
    }

    @Override
    public void deleteCollection(DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> observer) {
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setDeleteCollection(request),
                MetadataResult::getDeleteCollection,
                observer);
    }

    @Override
    public void addFields(AddFieldsRequest request, StreamObserver<AddFieldsResponse> observer) {
        if (request.getFieldsCount() == 0) {
            throw VectorDbException.of(
                    new Violation("fields", ErrorCode.MISSING_MEMBER, "expected at least one field, received none"));
        }
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setAddFields(request),
                MetadataResult::getAddFields,
                observer);
    }

    @Override
    public void finishCollection(FinishCollectionRequest request, StreamObserver<FinishCollectionResponse> observer) {
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setFinishCollection(request),
                MetadataResult::getFinishCollection,
                observer);
    }

    @Override
    public void succeedShard(SucceedShardRequest request, StreamObserver<SucceedShardResponse> observer) {
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setSucceedShard(request),
                MetadataResult::getSucceedShard,
                observer);
    }

    @Override
    public void updateCollection(UpdateCollectionRequest request, StreamObserver<UpdateCollectionResponse> observer) {
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setUpdateCollection(request),
                MetadataResult::getUpdateCollection,
                observer);
    }

    @Override
    public void planRebalance(PlanRebalanceRequest request, StreamObserver<PlanRebalanceResponse> observer) {
        log.requireLeader();
        answer(CompletableFuture.supplyAsync(() -> rebalancer.look(request.getCollection()), blocking), observer);
    }

    @Override
    public void undrainNode(UndrainNodeRequest request, StreamObserver<UndrainNodeResponse> observer) {
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setUndrainNode(request),
                MetadataResult::getUndrainNode,
                observer);
    }

    @Override
    public void startTask(StartTaskRequest request, StreamObserver<StartTaskResponse> observer) {
        checkRequestId(request.getRequestId());
        if (!request.hasDrainNode()
                || log.state().doneRequest(request.getRequestId()).isPresent()) {
            start(request, observer);
            return;
        }
        log.requireLeader();
        CompletableFuture.runAsync(
                        () -> rebalancer.requireDrainable(request.getDrainNode().getNode()), blocking)
                .whenComplete((_, e) -> {
                    if (e != null) {
                        observer.onError(cause(e));
                    } else {
                        start(request, observer);
                    }
                });
    }

    private void start(StartTaskRequest request, StreamObserver<StartTaskResponse> observer) {
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setStartTask(StartTask.newBuilder().setRequest(request)),
                MetadataResult::getStartTask,
                observer);
    }

    @Override
    public void controlTask(ControlTaskRequest request, StreamObserver<ControlTaskResponse> observer) {
        submit(MetadataCommand.newBuilder().setControlTask(request), MetadataResult::getControlTask, observer);
    }

    @Override
    public void appendAudit(AppendAuditRequest request, StreamObserver<AppendAuditResponse> observer) {
        if (request.getAction().isEmpty()) {
            throw VectorDbException.of(
                    new Violation("action", ErrorCode.MISSING_MEMBER, "a line of the audit log needs an action"));
        }
        checkRequestId(request.getRequestId());
        submit(
                MetadataCommand.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setAppendAudit(request),
                MetadataResult::getAppendAudit,
                observer);
    }

    @Override
    public void listAudit(ListAuditRequest request, StreamObserver<ListAuditResponse> observer) {
        int limit = Math.clamp(request.getLimit(), 1, Limits.PAGE);
        answer(
                log.confirm(remaining())
                        .thenApply(_ -> ListAuditResponse.newBuilder()
                                .addAllEntries(log.audit(request.getAfterIndex(), limit))
                                .build()),
                observer);
    }

    private <A> void submit(
            MetadataCommand.Builder command, Function<MetadataResult, A> answer, StreamObserver<A> observer) {
        answer(log.submit(command, remaining()).thenApply(answer), observer);
    }

    private static <A> void answer(CompletableFuture<A> answer, StreamObserver<A> observer) {
        answer.whenComplete((result, e) -> {
            if (e != null) {
                observer.onError(cause(e));
            } else {
                observer.onNext(result);
                observer.onCompleted();
            }
        });
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private static Duration remaining() {
        Deadline deadline = Context.current().getDeadline();
        long most = TimeUnit.SECONDS.toMillis(MOST_SECONDS);
        long millis = deadline == null ? most : Math.min(most, deadline.timeRemaining(TimeUnit.MILLISECONDS));
        return Duration.ofMillis(Math.max(1, millis));
    }

    private static void checkNode(Node node) {
        if (node.getId().isBlank()) {
            throw VectorDbException.of(new Violation("node.id", ErrorCode.MISSING_MEMBER, "a node needs an id"));
        }
        if (node.getService() == Node.Service.SERVICE_UNSPECIFIED || node.getService() == Node.Service.UNRECOGNIZED) {
            throw VectorDbException.of(new Violation(
                    "node.service",
                    ErrorCode.INVALID_VALUE,
                    "node " + node.getId() + " is of a service that is not known here: " + node.getServiceValue()));
        }
    }

    private static void checkRequestId(String requestId) {
        int bytes = requestId.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.REQUEST_ID_BYTES) {
            throw VectorDbException.of(new Violation(
                    "request_id",
                    ErrorCode.INVALID_VALUE,
                    "expected at most " + Limits.REQUEST_ID_BYTES + " bytes, received " + bytes));
        }
    }
}
