package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.addField;
import static io.vectordb.metadata.Requests.collection;
import static io.vectordb.metadata.Requests.create;
import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static io.vectordb.metadata.TestMetadata.await;
import static io.vectordb.metadata.TestMetadata.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.internal.metadata.v1.AddFieldsResponse;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.rpc.ClusterStates;
import io.vectordb.v1.Collection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataServiceTest {

    @TempDir
    Path folder;

    @Test
    void whatWasMadeAndDeletedSurvivesARestart() {
        String cluster;
        CollectionState orders;
        long version;
        try (TestMetadata metadata = new TestMetadata(folder)) {
            cluster = metadata.register(storage("s1")).getClusterId();
            metadata.register(index("i1"));
            orders = metadata.stub().createCollection(create("orders")).getCollection();
            metadata.stub().createCollection(create("lines"));
            assertThat(metadata.stub().deleteCollection(delete("lines", "")).getDeleted())
                    .isTrue();
            version = metadata.watched().getVersion();
        }
        try (TestMetadata metadata = new TestMetadata(folder)) {
            ClusterState state = metadata.watched();
            assertThat(state.getClusterId()).isEqualTo(cluster).isNotEmpty();
            assertThat(state.getVersion()).isEqualTo(version);
            assertThat(state.getCollectionsList()).containsExactly(orders);
            assertThat(state.getNodesList()).containsExactly(index("i1"), storage("s1"));
            assertThat(metadata.register(storage("s1")).getVersion()).isEqualTo(version);
            metadata.stub().createCollection(create("lines"));
            assertThat(metadata.watched().getVersion()).isGreaterThan(version);
        }
    }

    @Test
    void aCollectionIsCompleteInTheAnswer() {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            metadata.register(storage("s1"));
            metadata.register(index("i1"));
            CreateCollectionResponse made = metadata.stub().createCollection(create("orders"));
            Collection collection = made.getCollection().getCollection();
            assertThat(made.getCreated()).isTrue();
            assertThat(collection.getUid()).isNotEmpty();
            assertThat(collection.getState()).isEqualTo(Collection.State.READY);
            assertThat(collection.getSchemaVersion()).isEqualTo(1);
            assertThat(collection.getSettings().getReplicas()).isEqualTo(1);
            assertThat(collection.getCreateTime()).isEqualTo(collection.getUpdateTime());
            assertThat(collection.getCreateTime().getSeconds()).isGreaterThan(1_700_000_000L);
            assertThat(made.getCollection().getShards(0).getStorageNodesList()).containsExactly("s1");
            assertThat(made.getCollection().getShards(0).getIndexNodesList()).containsExactly("i1");
            assertThat(metadata.collection("orders")).contains(made.getCollection());
        }
    }

    @Test
    void refusalsHaveTheirCodes() {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            assertThat(failure(() -> metadata.stub().createCollection(create("orders"))))
                    .hasMessageContaining("1 replica needs 1 storage node, 0 are registered")
                    .extracting("code")
                    .isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
            metadata.register(storage("s1"));
            CollectionState orders =
                    metadata.stub().createCollection(create("orders")).getCollection();
            assertThat(failure(() -> metadata.stub().createCollection(create("orders")))
                            .code())
                    .isEqualTo(ErrorCode.COLLECTION_EXISTS);
            CreateCollectionResponse existing = metadata.stub()
                    .createCollection(
                            create("orders").toBuilder().setIfNotExists(true).build());
            assertThat(existing.getCreated()).isFalse();
            assertThat(existing.getCollection()).isEqualTo(orders);
            assertThat(failure(() -> metadata.stub().createCollection(create("Orders")))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(failure(() -> metadata.stub().deleteCollection(delete("orders", "another")))
                            .code())
                    .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
            assertThat(metadata.stub()
                            .deleteCollection(delete("none", "").toBuilder()
                                    .setIfExists(true)
                                    .build())
                            .getDeleted())
                    .isFalse();
            assertThat(failure(() -> metadata.stub().addFields(addField(orders, "id")))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_SCHEMA);
        }
    }

    @Test
    void aRepeatedCreateReturnsTheCollectionItMade() {
        CreateCollectionRequest request =
                create("orders").toBuilder().setRequestId("r1").build();
        CollectionState first;
        try (TestMetadata metadata = new TestMetadata(folder)) {
            metadata.register(storage("s1"));
            first = metadata.stub().createCollection(request).getCollection();
            assertThat(metadata.stub().createCollection(request).getCollection())
                    .isEqualTo(first);
        }
        try (TestMetadata metadata = new TestMetadata(folder)) {
            CreateCollectionResponse again = metadata.stub().createCollection(request);
            assertThat(again.getCollection()).isEqualTo(first);
            assertThat(again.getCreated()).isTrue();
            CreateCollectionRequest other = request.toBuilder()
                    .setCollection(collection("orders", 2, 0))
                    .build();
            assertThat(failure(() -> metadata.stub().createCollection(other)).code())
                    .isEqualTo(ErrorCode.REQUEST_ID_REUSED);
            metadata.stub().deleteCollection(delete("orders", ""));
            assertThat(metadata.stub()
                            .createCollection(request)
                            .getCollection()
                            .getCollection()
                            .getUid())
                    .isNotEqualTo(first.getCollection().getUid());
        }
    }

    @Test
    void ofTwoWhoAddFieldsToOneVersionOneWins() throws InterruptedException {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            metadata.register(storage("s1"));
            CollectionState current =
                    metadata.stub().createCollection(create("orders")).getCollection();
            for (int round = 0; round < 20; round++) {
                CollectionState before = current;
                MetadataServiceGrpc.MetadataServiceFutureStub racer =
                        MetadataServiceGrpc.newFutureStub(metadata.channel);
                List<ListenableFuture<AddFieldsResponse>> racers = List.of(
                        racer.addFields(addField(before, "a" + round)), racer.addFields(addField(before, "b" + round)));
                List<CollectionState> winners = new ArrayList<>();
                for (ListenableFuture<AddFieldsResponse> each : racers) {
                    try {
                        winners.add(each.get().getCollection());
                    } catch (ExecutionException e) {
                        assertThat(io.vectordb.rpc.GrpcErrors.fromThrowable(e).code())
                                .isEqualTo(ErrorCode.SCHEMA_VERSION_MISMATCH);
                    }
                }
                assertThat(winners).hasSize(1);
                current = winners.getFirst();
                assertThat(current.getCollection().getSchemaVersion())
                        .isEqualTo(before.getCollection().getSchemaVersion() + 1);
            }
            assertThat(current.getCollection().getSchema().getFieldsCount()).isEqualTo(21);
        }
    }

    @Test
    void aWatcherSeesChangesInOrder() {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            Watcher watcher = new Watcher(Integer.MAX_VALUE);
            MetadataServiceGrpc.newStub(metadata.channel).watch(WatchRequest.getDefaultInstance(), watcher);
            await(() -> !watcher.states.isEmpty());
            metadata.register(storage("s1"));
            await(() -> watcher.last().getNodesCount() == 1);
            CollectionState orders =
                    metadata.stub().createCollection(create("orders")).getCollection();
            await(() -> watcher.last().getCollectionsList().contains(orders));
            metadata.stub().addFields(addField(orders, "a"));
            await(() -> watcher.last().getCollectionsCount() == 1
                    && watcher.last().getCollections(0).getCollection().getSchemaVersion() == 2);
            metadata.stub().deleteCollection(delete("orders", ""));
            await(() -> watcher.last().getCollectionsCount() == 0);
            List<Long> versions =
                    watcher.states.stream().map(ClusterState::getVersion).toList();
            assertThat(versions).isSorted().doesNotHaveDuplicates().hasSize(5);
        }
    }

    @Test
    void aSlowWatcherSkipsToTheLatest() {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            metadata.register(storage("s1"));
            Watcher watcher = new Watcher(1);
            MetadataServiceGrpc.newStub(metadata.channel).watch(WatchRequest.getDefaultInstance(), watcher);
            await(() -> watcher.states.size() == 1);
            for (int i = 0; i < 50; i++) {
                metadata.stub().createCollection(create("c" + i));
            }
            watcher.request(Integer.MAX_VALUE);
            await(() -> watcher.last().getCollectionsCount() == 50);
            assertThat(watcher.states.size()).isLessThan(50);
        }
    }

    @Test
    void watchersAreLetGoWhenTheServiceStops() {
        Watcher watcher = new Watcher(Integer.MAX_VALUE);
        try (TestMetadata metadata = new TestMetadata(folder)) {
            MetadataServiceGrpc.newStub(metadata.channel).watch(WatchRequest.getDefaultInstance(), watcher);
            await(() -> !watcher.states.isEmpty());
            metadata.hub.stop();
            await(watcher.completed::get);
            assertThat(failure(metadata::watched).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        }
    }

    private static DeleteCollectionRequest delete(String name, String uid) {
        return DeleteCollectionRequest.newBuilder().setName(name).setUid(uid).build();
    }

    /** Keeps what it gets, and asks for only so many at first. */
    private static final class Watcher implements ClientResponseObserver<WatchRequest, ClusterUpdate> {

        private final List<ClusterState> states = new CopyOnWriteArrayList<>();
        private final AtomicBoolean completed = new AtomicBoolean();
        private final AtomicReference<@Nullable ClientCallStreamObserver<WatchRequest>> call = new AtomicReference<>();
        private final int first;

        Watcher(int first) {
            this.first = first;
        }

        ClusterState last() {
            return states.getLast();
        }

        void request(int count) {
            ClientCallStreamObserver<WatchRequest> started = call.get();
            if (started != null) {
                started.request(count);
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
            call.set(started);
            started.disableAutoRequestWithInitial(first);
        }

        @Override
        public void onNext(ClusterUpdate update) {
            ClusterStates.after(states.isEmpty() ? ClusterState.getDefaultInstance() : last(), update)
                    .ifPresent(states::add);
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onCompleted() {
            completed.set(true);
        }
    }
}
