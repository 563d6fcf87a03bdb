package io.vectordb.e2e.process;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.vectordb.v1.CollectionServiceGrpc;
import io.vectordb.v1.CollectionServiceGrpc.CollectionServiceBlockingStub;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.RecordServiceGrpc.RecordServiceBlockingStub;
import io.vectordb.v1.SearchServiceGrpc;
import io.vectordb.v1.SearchServiceGrpc.SearchServiceBlockingStub;
import io.vectordb.v1.Violation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** gRPC with the generated stubs and nothing else of ours. Thread-safe. */
public final class GrpcClient implements AutoCloseable {

    private static final int ANSWER_BYTES = 64 << 20;
    private static final long DEADLINE_SECONDS = 60;

    private final ManagedChannel channel;

    public GrpcClient(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(ANSWER_BYTES)
                .build();
    }

    public ManagedChannel channel() {
        return channel;
    }

    public CollectionServiceBlockingStub collections() {
        return CollectionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    public RecordServiceBlockingStub records() {
        return RecordServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    public SearchServiceBlockingStub search() {
        return SearchServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * A failed call, as far as it is ours.
     *
     * @param code of {@code ErrorInfo}; empty when the call never reached the server or was cut
     */
    public record Failure(
            Status.Code status, String code, String message, Map<String, String> metadata, List<Violation> violations) {

        public static Failure of(StatusRuntimeException thrown) {
            com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
            String message = String.valueOf(thrown.getStatus().getDescription());
            String code = "";
            Map<String, String> metadata = Map.of();
            List<Violation> violations = List.of();
            for (Any detail : details == null ? List.<Any>of() : details.getDetailsList()) {
                try {
                    if (detail.is(ErrorInfo.class)) {
                        ErrorInfo info = detail.unpack(ErrorInfo.class);
                        code = info.getReason();
                        metadata = info.getMetadataMap();
                    } else if (detail.is(ItemError.class)) {
                        violations = detail.unpack(ItemError.class).getViolationsList();
                    }
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
            }
            return new Failure(thrown.getStatus().getCode(), code, message, metadata, violations);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
