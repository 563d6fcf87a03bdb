package io.vectordb.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.ReactorStorageServiceGrpc;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

class GrpcErrorsTest {

    /** How a service may fail. */
    private enum Way {
        THROWN {
            @Override
            BindableService service(RuntimeException failure) {
                return new StorageServiceGrpc.StorageServiceImplBase() {
                    @Override
                    public void readPosition(
                            ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
                        throw failure;
                    }
                };
            }
        },
        ON_ERROR {
            @Override
            BindableService service(RuntimeException failure) {
                return new StorageServiceGrpc.StorageServiceImplBase() {
                    @Override
                    public void readPosition(
                            ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
                        observer.onError(failure);
                    }
                };
            }
        },
        REACTOR_THROWN {
            @Override
            BindableService service(RuntimeException failure) {
                return new ReactorStorageServiceGrpc.StorageServiceImplBase() {
                    @Override
                    public Mono<ReadPositionResponse> readPosition(ReadPositionRequest request) {
                        throw failure;
                    }
                };
            }
        },
        REACTOR_ERROR {
            @Override
            BindableService service(RuntimeException failure) {
                return new ReactorStorageServiceGrpc.StorageServiceImplBase() {
                    @Override
                    public Mono<ReadPositionResponse> readPosition(ReadPositionRequest request) {
                        return Mono.error(failure);
                    }
                };
            }
        };

        abstract BindableService service(RuntimeException failure);
    }

    private static VectorDbException received(BindableService service) {
        try (InProcess server = InProcess.serve(service);
                ChannelFactory channels = new ChannelFactory()) {
            return call(channels, server.address);
        }
    }

    private static VectorDbException call(ChannelFactory channels, String address) {
        return catchThrowableOfType(
                VectorDbException.class,
                () -> Calls.unary(
                                channels.channel(address),
                                StorageServiceGrpc.getReadPositionMethod(),
                                ReadPositionRequest.getDefaultInstance(),
                                Duration.ofSeconds(60))
                        .block());
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeComesBackHoweverItWasFailedWith(ErrorCode code) {
        VectorDbException sent = new VectorDbException(code, "expected 3, received 4", Map.of("shard", "s-1"));
        for (Way way : Way.values()) {
            VectorDbException received = received(way.service(sent));
            assertThat(received.code()).as(way.name()).isEqualTo(code);
            assertThat(received.getMessage()).isEqualTo(sent.getMessage());
            assertThat(received.metadata()).isEqualTo(sent.metadata());
            Status.Code status = GrpcErrors.toStatus(sent).getStatus().getCode();
            assertThat(status.name()).isEqualTo(code.grpcStatus());
        }
    }

    @ParameterizedTest
    @EnumSource
    void violationsComeBackWithPositionsAndHints(Way way) {
        List<Violation> violations = List.of(
                new Violation(
                        "filter", ErrorCode.FILTER_SYNTAX, "expected a value", new Position(6, 1, 7, 1), "= is ="),
                new Violation("records.0.x", ErrorCode.TYPE_MISMATCH, "expected int32, received 'a'"));
        VectorDbException received = received(way.service(VectorDbException.of(violations)));
        assertThat(received.code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
        assertThat(received.violations()).isEqualTo(violations);
        assertThat(GrpcErrors.fromItemError(GrpcErrors.toItemError(received)).violations())
                .isEqualTo(violations);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureMadeOfAnotherServicesStatusIsClosedWithItsOwnCode(Way way) {
        RuntimeException wrapped = new IllegalStateException("a bug", Status.INVALID_ARGUMENT.asRuntimeException());
        for (Throwable thrown : List.of(
                wrapped, Status.UNIMPLEMENTED.withDescription("no such call").asException())) {
            VectorDbException sent = GrpcErrors.fromThrowable(thrown);
            VectorDbException received = received(way.service(sent));
            assertThat(received.code()).isEqualTo(sent.code());
            assertThat(received.getMessage()).isEqualTo(sent.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureThatPassesThroughTwoServicesIsToldAsItWas(Way way) {
        VectorDbException sent = new VectorDbException(ErrorCode.SEQ_MISMATCH, "at 3", Map.of("seq", "3"));
        VectorDbException once = received(way.service(sent));
        VectorDbException twice = received(way.service(once));
        assertThat(twice.code()).isEqualTo(ErrorCode.SEQ_MISMATCH);
        assertThat(twice.metadata()).isEqualTo(sent.metadata());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoFailureOfOursIsInternal(Way way) {
        VectorDbException received = received(way.service(new IllegalStateException("a bug")));
        assertThat(received.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(received.getMessage()).contains("a bug");
    }

    @Test
    void aConnectionThatBreaksWhileACallIsSentIsAServerThatCannotBeReached() {
        Status said = Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
        VectorDbException failure = GrpcErrors.fromThrowable(said.asRuntimeException());
        assertThat(failure.code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(GrpcErrors.fromThrowable(Status.UNKNOWN.asRuntimeException()).code())
                .isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void anUnknownReasonFallsBackToTheStatus() {
        com.google.rpc.Status newer = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.ABORTED.value())
                .setMessage("of tomorrow")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason("CODE_OF_TOMORROW")
                        .setDomain(GrpcErrors.DOMAIN)
                        .build()))
                .build();
        VectorDbException received = received(Way.ON_ERROR.service(StatusProto.toStatusRuntimeException(newer)));
        assertThat(received.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(received.getMessage()).isEqualTo("of tomorrow");
    }

    @Test
    void manyViolationsPassTheNetworkToo() throws Exception {
        List<Violation> violations = IntStream.range(0, 500)
                .mapToObj(
                        i -> new Violation("records." + i + ".price", ErrorCode.TYPE_MISMATCH, "expected float64 " + i))
                .toList();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(Way.ON_ERROR.service(VectorDbException.of(violations)))
                .intercept(new ErrorServerInterceptor())
                .build()
                .start();
        try (ChannelFactory channels = new ChannelFactory()) {
            VectorDbException received = call(channels, "127.0.0.1:" + server.getPort());
            assertThat(received.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
            assertThat(received.violations()).isEqualTo(violations);
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void ofManyViolationsAClientIsToldTheFirstSinceItReadsNoLongTrailers() {
        List<Violation> violations = IntStream.range(0, 500)
                .mapToObj(
                        i -> new Violation("records." + i + ".price", ErrorCode.TYPE_MISMATCH, "expected float64 " + i))
                .toList();
        com.google.rpc.Status status = Objects.requireNonNull(
                StatusProto.fromThrowable(GrpcErrors.toStatus(VectorDbException.of(violations))));
        assertThat(status.getSerializedSize()).isLessThan(5_500);
        VectorDbException received = GrpcErrors.fromThrowable(StatusProto.toStatusRuntimeException(status));
        assertThat(received.violations())
                .isNotEmpty()
                .isEqualTo(violations.subList(0, received.violations().size()));
    }
}
