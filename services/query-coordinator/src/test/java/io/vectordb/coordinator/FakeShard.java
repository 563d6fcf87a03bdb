package io.vectordb.coordinator;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A collection {@code notes} of one shard, on a storage node that does what a test says. */
final class FakeShard implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();

    static final CoordinatorProperties PROPERTIES =
            new CoordinatorProperties(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofSeconds(5), 1);

    final ShardState shard = ShardState.newBuilder()
            .setUid("u-0")
            .setName("notes-0")
            .setBucketTo(64)
            .addStorageNodes("n")
            .build();
    final ShardClient storage;
    final Catalog catalog;
    private final ChannelFactory channels = new ChannelFactory();
    private final ClusterWatch watch;
    private final Server metadataServer;
    private final Server storageServer;

    FakeShard(StorageServiceGrpc.StorageServiceImplBase service) {
        String name = "fake-shard-" + NAMES.incrementAndGet();
        Schema schema = Schema.newBuilder()
                .addPrimaryKey("id")
                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                .build();
        ClusterUpdate state = ClusterUpdate.newBuilder()
                .setVersion(1)
                .setClusterId("c")
                .addNodes(Node.newBuilder().setId("n").setRpcAddress(ChannelFactory.IN_PROCESS + name))
                .addCollections(CollectionState.newBuilder()
                        .setCollection(Collection.newBuilder()
                                .setName("notes")
                                .setUid("u")
                                .setSchema(schema)
                                .setSchemaVersion(1)
                                .setSettings(CollectionSettings.newBuilder().setBuckets(64)))
                        .addShards(shard))
                .build();
        storageServer = serve(name, service);
        metadataServer = serve(name + "-metadata", new MetadataServiceGrpc.MetadataServiceImplBase() {
            @Override
            public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
                observer.onNext(state);
            }
        });
        MetadataClient metadata = new MetadataClient(channels, List.of(ChannelFactory.IN_PROCESS + name + "-metadata"));
        watch = new ClusterWatch(metadata);
        catalog = new Catalog(metadata, watch);
        storage = new ShardClient(channels, watch);
        watch.start();
        TestDatabase.await(() -> !catalog.all().isEmpty());
    }

    private static Server serve(String name, BindableService service) {
        try {
            return InProcessServerBuilder.forName(name)
                    .addService(service)
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TimeBudget time(int seconds) {
        return TimeBudget.start(true, Requests.millis(seconds * 1_000), PROPERTIES);
    }

    @Override
    public void close() {
        watch.close();
        channels.close();
        metadataServer.shutdownNow();
        storageServer.shutdownNow();
    }
}
