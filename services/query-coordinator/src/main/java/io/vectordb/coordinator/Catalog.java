package io.vectordb.coordinator;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.AddFieldsResponse;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionResponse;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionResponse;
import io.vectordb.internal.metadata.v1.ListAuditRequest;
import io.vectordb.internal.metadata.v1.ListAuditResponse;
import io.vectordb.internal.metadata.v1.ListHeartbeatsRequest;
import io.vectordb.internal.metadata.v1.ListHeartbeatsResponse.Heartbeat;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.PlanRebalanceRequest;
import io.vectordb.internal.metadata.v1.PlanRebalanceResponse;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.metadata.v1.SucceedShardResponse;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.metadata.v1.UndrainNodeRequest;
import io.vectordb.internal.metadata.v1.UndrainNodeResponse;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.internal.metadata.v1.UpdateCollectionResponse;
import io.vectordb.internal.metadata.v1.UpdateSettingsRequest;
import io.vectordb.internal.metadata.v1.UpdateSettingsResponse;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.schema.NearNames;
import io.vectordb.v1.Field;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * The collections as the metadata has them, compiled; and the calls that change them.
 *
 * <p>Follows the cluster watch. A name that is not found is looked up at the metadata service once more before it is
 * denied, and every change made through here is in the catalog before it is answered: so a client sees what it made, by
 * this coordinator or another. Thread-safe; never blocks.
 */
final class Catalog {

    private record Compiled(ClusterState state, Map<String, CollectionHandle> byName) {}

    private final MetadataClient metadata;
    private final ClusterWatch watch;
    private final Object compiling = new Object();
    private volatile Compiled compiled = new Compiled(ClusterState.getDefaultInstance(), Map.of());

    Catalog(MetadataClient metadata, ClusterWatch watch) {
        this.metadata = metadata;
        this.watch = watch;
        watch.addListener(this::accept);
    }

    ClusterState state() {
        return compiled.state();
    }

    /** All collections, by name. */
    List<CollectionHandle> all() {
        return List.copyOf(compiled.byName().values());
    }

    /**
     * The collection of this name, for who reads or writes it: {@code COLLECTION_NOT_FOUND}, or {@code OPERATION_CONFLICT}
     * while it is being filled.
     */
    Mono<CollectionHandle> collection(String name, TimeBudget time) {
        return describe(name, time)
                .flatMap(found ->
                        found.isReady() ? Mono.just(found) : refresh(time).then(describe(name, time)))
                .doOnNext(Catalog::refuseUnlessReady);
    }

    private static void refuseUnlessReady(CollectionHandle collection) {
        if (!collection.isReady()) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "the collection " + collection.name() + " is being restored from a backup",
                    Map.of("collection", collection.name()));
        }
    }

    /** The collection of this name in whatever state, or {@code COLLECTION_NOT_FOUND}. */
    Mono<CollectionHandle> describe(String name, TimeBudget time) {
        CollectionHandle known = compiled.byName().get(name);
        if (known != null) {
            return Mono.just(known);
        }
        return refresh(time).then(Mono.fromSupplier(() -> {
            Map<String, CollectionHandle> collections = compiled.byName();
            CollectionHandle found = collections.get(name);
            if (found == null) {
                throw notFound(name, collections);
            }
            return found;
        }));
    }

    /** Reads the newest state from the leader of the metadata service. */
    Mono<ClusterState> refresh(TimeBudget time) {
        return Mono.defer(() -> watch.refresh(time.left())).doOnNext(this::accept);
    }

    Mono<CreateCollectionResponse> create(CreateCollectionRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getCreateCollectionMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<FinishCollectionResponse> finish(FinishCollectionRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getFinishCollectionMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<DeleteCollectionResponse> delete(DeleteCollectionRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getDeleteCollectionMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<SucceedShardResponse> succeed(SucceedShardRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getSucceedShardMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<UpdateSettingsResponse> updateSettings(UpdateSettingsRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getUpdateSettingsMethod(), request, time);
    }

    /** Since when the metadata service has not heard of nodes, by their ids. */
    Mono<Map<String, Heartbeat>> heartbeats(TimeBudget time) {
        return call(MetadataServiceGrpc.getListHeartbeatsMethod(), ListHeartbeatsRequest.getDefaultInstance(), time)
                .map(answer -> answer.getHeartbeatsList().stream()
                        .collect(Collectors.toMap(Heartbeat::getNode, Function.identity())));
    }

    Mono<UpdateCollectionResponse> updateCollection(UpdateCollectionRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getUpdateCollectionMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<PlanRebalanceResponse> planRebalance(PlanRebalanceRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getPlanRebalanceMethod(), request, time);
    }

    Mono<UndrainNodeResponse> undrain(UndrainNodeRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getUndrainNodeMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response));
    }

    Mono<Task> start(StartTaskRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getStartTaskMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response.getTask()));
    }

    Mono<Task> control(ControlTaskRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getControlTaskMethod(), request, time)
                .flatMap(response -> refresh(time).thenReturn(response.getTask()));
    }

    Mono<AppendAuditResponse> appendAudit(AppendAuditRequest request, TimeBudget time) {
        return call(MetadataServiceGrpc.getAppendAuditMethod(), request, time);
    }

    Mono<ListAuditResponse> listAudit(long afterIndex, int limit, TimeBudget time) {
        ListAuditRequest request = ListAuditRequest.newBuilder()
                .setAfterIndex(afterIndex)
                .setLimit(limit)
                .build();
        return call(MetadataServiceGrpc.getListAuditMethod(), request, time);
    }

    /**
     * Fixes the types of fields that were seen for the first time.
     *
     * @return the collection with them; fails with {@code SCHEMA_VERSION_MISMATCH} when another was faster, after which
     *     the newer schema is in the catalog
     */
    Mono<CollectionHandle> addFields(CollectionHandle collection, List<Field> fields, TimeBudget time) {
        AddFieldsRequest request = AddFieldsRequest.newBuilder()
                .setCollectionUid(collection.collection().getUid())
                .setIfSchemaVersion(collection.schema().version())
                .addAllFields(fields)
                .build();
        return call(MetadataServiceGrpc.getAddFieldsMethod(), request, time)
                .map(AddFieldsResponse::getCollection)
                .map(CollectionHandle::of)
                .onErrorResume(
                        e -> GrpcErrors.fromThrowable(e).code() == ErrorCode.SCHEMA_VERSION_MISMATCH,
                        e -> refresh(time).then(Mono.error(e)));
    }

    private <Q extends Message, A> Mono<A> call(MethodDescriptor<Q, A> method, Q request, TimeBudget time) {
        return Mono.defer(() -> metadata.call(method, request, time.left()));
    }

    private void accept(ClusterState state) {
        synchronized (compiling) {
            Compiled current = compiled;
            if (state.getVersion() > current.state().getVersion()) {
                compiled = new Compiled(state, byName(state, current.byName()));
            }
        }
    }

    /** What did not change is not compiled again. */
    private static Map<String, CollectionHandle> byName(ClusterState state, Map<String, CollectionHandle> before) {
        Map<String, CollectionHandle> byName = new TreeMap<>();
        for (CollectionState collection : state.getCollectionsList()) {
            String name = collection.getCollection().getName();
            CollectionHandle known = before.get(name);
            byName.put(
                    name, known != null && known.state().equals(collection) ? known : CollectionHandle.of(collection));
        }
        return byName;
    }

    private static VectorDbException notFound(String name, Map<String, CollectionHandle> collections) {
        String message = "there is no collection " + name;
        String hint = NearNames.didYouMean(NearNames.of(name, collections.keySet()));
        Violation violation = new Violation("collection", ErrorCode.COLLECTION_NOT_FOUND, message, hint);
        return new VectorDbException(
                ErrorCode.COLLECTION_NOT_FOUND, message, Map.of("collection", name), List.of(violation), null);
    }
}
