package io.vectordb.rpc;

import static io.vectordb.rpc.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

class CallsTest {

    /** Answers nothing, and remembers the context of the last call. */
    private static final class Silent extends StorageServiceGrpc.StorageServiceImplBase {
        private volatile Context called = Context.ROOT;

        @Override
        public void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
            called = Context.current();
        }
    }

    private static Mono<ReadPositionResponse> call(ChannelFactory channels, String address, Duration timeout) {
        return Calls.unary(
                channels.channel(address),
                StorageServiceGrpc.getReadPositionMethod(),
                ReadPositionRequest.getDefaultInstance(),
                timeout);
    }

    @Test
    void aCallThatNobodyAnswersEndsAtItsDeadline() {
        try (InProcess server = InProcess.serve(new Silent());
                ChannelFactory channels = new ChannelFactory()) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> call(channels, server.address, Duration.ofMillis(100))
                            .block())
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(90), Duration.ofSeconds(30));
        }
    }

    @Test
    void aCallIsMadeAtSubscriptionAndCancelledWithIt() {
        Silent service = new Silent();
        try (InProcess server = InProcess.serve(service);
                ChannelFactory channels = new ChannelFactory()) {
            Mono<ReadPositionResponse> call = call(channels, server.address, Duration.ofSeconds(30));
            assertThat(service.called).isSameAs(Context.ROOT);
            Disposable subscription = call.subscribe();
            await(() -> service.called != Context.ROOT);
            subscription.dispose();
            await(() -> service.called.isCancelled());
        }
    }

    @Test
    void aCallThatIsCancelledBeforeItHasBegunFailsNowhere() {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(failures::add);
        try (InProcess server = InProcess.serve(new Silent());
                ChannelFactory channels = new ChannelFactory()) {
            call(channels, server.address, Duration.ofSeconds(30)).subscribe(new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    cancel();
                }

                @Override
                protected void hookOnError(Throwable thrown) {
                    failures.add(thrown);
                }
            });
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(failures).isEmpty();
    }

    /** Takes connections and ends them at once, and counts them. */
    private static final class HangsUp implements AutoCloseable {
        private final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket socket;

        HangsUp(int port) throws IOException {
            socket = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            try {
                while (true) {
                    socket.accept().close();
                    connections.incrementAndGet();
                }
            } catch (IOException e) {
                // The end.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aServerThatComesBackIsReachedSoonHoweverLongItWasAway() throws Exception {
        int port = Ports.free();
        try (ChannelFactory channels = new ChannelFactory()) {
            String address = "127.0.0.1:" + port;
            try (HangsUp away = new HangsUp(port)) {
                // gRPC alone, which pauses for longer and longer, would need more than a minute for so many attempts.
                await(() -> {
                    assertThatThrownBy(() -> call(channels, address, Duration.ofSeconds(1))
                                    .block())
                            .isInstanceOf(VectorDbException.class);
                    return away.connections.get() >= 12;
                });
            }
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .addService(new StorageServiceGrpc.StorageServiceImplBase() {
                        @Override
                        public void readPosition(
                                ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
                            observer.onNext(ReadPositionResponse.getDefaultInstance());
                            observer.onCompleted();
                        }
                    })
                    .build()
                    .start();
            try {
                await(() -> {
                    try {
                        return call(channels, address, Duration.ofSeconds(1)).block() != null;
                    } catch (VectorDbException e) {
                        return false;
                    }
                });
            } finally {
                server.shutdownNow();
            }
        }
    }
}
