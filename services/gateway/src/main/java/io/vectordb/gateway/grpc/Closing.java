package io.vectordb.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.rpc.GrpcErrors;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one call and ends it once, however many ends it meets. Thread-safe, unlike the call itself: the client's side and
 * the coordinator's may both end it.
 */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final ServerCall<Message, Message> call;
    private final Rpc rpc;
    private final GatewayMetrics metrics;
    private boolean closed;
    private final long start = System.nanoTime();

    Closing(ServerCall<Message, Message> call, Rpc rpc, GatewayMetrics metrics) {
        this.call = call;
        this.rpc = rpc;
        this.metrics = metrics;
    }

    /** The headers of the answer, before its first message. */
    synchronized void begin() {
        if (!closed) {
            call.sendHeaders(new Metadata());
        }
    }

    /** One message of the answer; dropped when the call has ended. */
    synchronized void send(Message message) {
        if (!closed) {
            call.sendMessage(message);
        }
    }

    synchronized void succeeded() {
        if (!closed) {
            closed = true;
            metrics.ended(rpc.name(), "grpc", null, start);
            call.close(Status.OK, new Metadata());
        }
    }

    synchronized void failed(VectorDbException error) {
        if (!closed) {
            closed = true;
            metrics.ended(rpc.name(), "grpc", error.code(), start);
            if (error.code() == ErrorCode.INTERNAL) {
                LOG.error("{} failed", rpc.name(), error);
            }
            StatusRuntimeException status = GrpcErrors.toStatus(error);
            call.close(
                    status.getStatus(),
                    Optional.ofNullable(status.getTrailers()).orElseGet(Metadata::new));
        }
    }

    /** The client went away: nobody is left to be told. */
    synchronized void cancelled() {
        if (!closed) {
            closed = true;
            metrics.ended(rpc.name(), "grpc", ErrorCode.CANCELLED, start);
        }
    }
}
