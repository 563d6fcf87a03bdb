package io.vectordb.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever a service fails with into a status with a code. It looks at the closing status rather than at handler
 * exceptions, so that failures given to a {@code StreamObserver} by hand, by Reactor stubs or thrown all pass here.
 *
 * <p>What is the server's own fault is logged once, here.
 */
public final class ErrorServerInterceptor implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorServerInterceptor.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall<Q, A> mapped = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                Throwable cause = status.getCause();
                if (status.isOk() || cause == null || cause instanceof StatusRuntimeException) {
                    super.close(status, trailers);
                    return;
                }
                VectorDbException error = GrpcErrors.fromThrowable(cause);
                if (error.code() == ErrorCode.INTERNAL || error.code() == ErrorCode.SEGMENT_CORRUPT) {
                    LOG.error("{} failed", getMethodDescriptor().getFullMethodName(), error);
                }
                StatusRuntimeException closing = GrpcErrors.toInternalStatus(error);
                super.close(
                        closing.getStatus(),
                        Optional.ofNullable(closing.getTrailers()).orElseGet(Metadata::new));
            }
        };
        ServerCall.Listener<Q> listener = next.startCall(mapped, headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onHalfClose() {
                guarded(super::onHalfClose);
            }

            @Override
            public void onMessage(Q message) {
                guarded(() -> super.onMessage(message));
            }

            private void guarded(Runnable step) {
                try {
                    step.run();
                } catch (RuntimeException e) {
                    mapped.close(Status.UNKNOWN.withCause(e), new Metadata());
                }
            }
        };
    }
}
