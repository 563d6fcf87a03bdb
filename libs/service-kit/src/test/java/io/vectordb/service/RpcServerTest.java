package io.vectordb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionResponse;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RpcServerTest {

    private static final String SERVICE = "metadata";

    /** Keeps watchers on the line for ever, and refuses to delete. */
    private static final class Service extends MetadataServiceGrpc.MetadataServiceImplBase {

        @Override
        public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
            observer.onNext(ClusterUpdate.newBuilder().setVersion(1).build());
        }

        @Override
        public void deleteCollection(
                DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> observer) {
            throw new VectorDbException(ErrorCode.COLLECTION_NOT_FOUND, "there is none");
        }
    }

    private static RpcServer server(RpcProperties.Mode mode, int port) {
        return new RpcServer(
                new RpcProperties(mode, "127.0.0.1", port, "rpc-server-test"),
                List.of(new RpcServices(SERVICE, List.of(new Service()))),
                new SimpleMeterRegistry());
    }

    @Test
    void itIsReachedByItsAddressInBothModesAndSaysErrorsByTheirCodes() {
        for (RpcProperties.Mode mode : RpcProperties.Mode.values()) {
            RpcServer server = server(mode, 0);
            server.start();
            try (ChannelFactory channels = new ChannelFactory()) {
                assertThat(server.isRunning()).isTrue();
                assertThatThrownBy(() -> Calls.unary(
                                        channels.channel(server.address(SERVICE)),
                                        MetadataServiceGrpc.getDeleteCollectionMethod(),
                                        DeleteCollectionRequest.getDefaultInstance(),
                                        Duration.ofSeconds(60))
                                .block())
                        .isInstanceOfSatisfying(
                                VectorDbException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_NOT_FOUND));
            } finally {
                server.stop();
            }
            assertThat(server.isRunning()).isFalse();
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RpcServer server = server(RpcProperties.Mode.NETWORK, taken.getLocalPort());
            assertThatThrownBy(server::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void theProcessThatFollowsItsOwnMetadataIsNotHeldUpByThatWhenItStops() throws InterruptedException {
        RpcServer server = server(RpcProperties.Mode.IN_PROCESS, 0);
        server.start();
        try (ChannelFactory channels = new ChannelFactory();
                ClusterWatch watch = new ClusterWatch(new MetadataClient(channels, List.of(server.address(SERVICE))))) {
            CountDownLatch seen = new CountDownLatch(1);
            watch.addListener(state -> seen.countDown());
            ClusterWatchLifecycle lifecycle = new ClusterWatchLifecycle(watch);
            assertThat(lifecycle.getPhase()).isGreaterThan(server.getPhase());
            lifecycle.start();
            assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
            // What is of a higher phase stops first.
            long begun = System.nanoTime();
            lifecycle.stop();
            server.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        }
    }
}
