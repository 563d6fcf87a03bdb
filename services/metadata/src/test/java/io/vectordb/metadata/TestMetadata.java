package io.vectordb.metadata;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterStates;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.GrpcErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The real service on a real log, called in process. */
final class TestMetadata implements AutoCloseable {

    private static final Duration REBALANCE_PERIOD = Duration.ofSeconds(5);

    /** What a busy machine may take; only a failure costs all of it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final AtomicInteger NAMES = new AtomicInteger();

    final ChannelFactory channels = new ChannelFactory();
    final WatchHub hub = new WatchHub();
    final MetadataLog log;
    private final NodeSupervision nodes;
    final ManagedChannel channel;
    private final Server server;

    TestMetadata(Path folder) {
        this(
                new MetadataProperties(folder, "127.0.0.1", 0, "metadata-1", List.of(), 0, REBALANCE_PERIOD),
                "metadata-test-" + NAMES.incrementAndGet());
        await(() -> log.notReadyBecause().isEmpty());
    }

    /** Served in process under a name; not ready yet. */
    private TestMetadata(MetadataProperties properties, String name) {
        log = MetadataLog.open(
                properties,
                hub,
                channels,
                InstantSource.system(),
                (group, reason, cause) -> System.err.println("fatal: " + group + ": " + reason + ": " + cause));
        nodes = new NodeSupervision(log);
        // Not started: it answers, and moves nothing by itself.
        Rebalancer rebalancer = new Rebalancer(log, new StorageNodes(channels, log::state), REBALANCE_PERIOD);
        try {
            server = InProcessServerBuilder.forName(name)
                    .addService(new MetadataGrpcService(log, hub, nodes, rebalancer, 0))
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel = InProcessChannelBuilder.forName(name).build();
    }

    MetadataServiceGrpc.MetadataServiceBlockingStub stub() {
        return MetadataServiceGrpc.newBlockingStub(channel).withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    RegisterNodeResponse register(Node node) {
        return stub().registerNode(
                        RegisterNodeRequest.newBuilder().setNode(node).build());
    }

    /** What a watcher gets first. */
    ClusterState watched() {
        Iterator<ClusterUpdate> updates = stub().watch(WatchRequest.getDefaultInstance());
        return ClusterStates.after(ClusterState.getDefaultInstance(), updates.next())
                .orElseThrow();
    }

    Optional<CollectionState> collection(String name) {
        return watched().getCollectionsList().stream()
                .filter(each -> each.getCollection().getName().equals(name))
                .findFirst();
    }

    static VectorDbException failure(Supplier<?> call) {
        try {
            Object answer = call.get();
            throw new AssertionError("expected a failure, received " + answer);
        } catch (StatusRuntimeException e) {
            return GrpcErrors.fromThrowable(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in " + LIMIT);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        hub.stop();
        channel.shutdownNow();
        server.shutdownNow();
        nodes.close();
        log.close();
        channels.close();
        hub.close();
    }
}
