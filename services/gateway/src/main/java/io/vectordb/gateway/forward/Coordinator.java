package io.vectordb.gateway.forward;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.stub.MetadataUtils;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.GrpcErrors;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * The query coordinator, which serves the same rpcs as we do. Thread-safe; nothing blocks.
 *
 * <p>A call's deadline is the request's own {@code timeout}, else the default, with some grace for the answer's way, and
 * never later than the caller's own deadline.
 */
public final class Coordinator {

    /** The coordinator answers a timeout itself, with what it knows; only its silence is cut from here. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final Channel channel;
    private final Duration defaultTimeout;

    public Coordinator(Channel channel, Duration defaultTimeout) {
        this.channel = channel;
        this.defaultTimeout = defaultTimeout;
    }

    /** One request, one answer; fails with {@link VectorDbException} only. */
    public Mono<Message> unary(Rpc rpc, Message request, CallContext context) {
        Duration timeout = timeout(request, context);
        return Calls.unary(withHeaders(context), rpc.method(), request, timeout)
                .onErrorMap(thrown -> explain(thrown, timeout));
    }

    /** A call that is driven by hand; not started yet. */
    public ClientCall<Message, Message> call(Rpc rpc, CallContext context) {
        CallOptions options =
                context.deadline() == null ? CallOptions.DEFAULT : CallOptions.DEFAULT.withDeadline(context.deadline());
        return withHeaders(context).newCall(rpc.method(), options);
    }

    /** The failure behind whatever a call ended with. */
    public static VectorDbException explain(Throwable thrown) {
        VectorDbException error = GrpcErrors.fromThrowable(thrown);
        if (error.metadata().containsKey(GrpcErrors.UNREACHED)) {
            return new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the query coordinator cannot be reached");
        }
        return error;
    }

    private static VectorDbException explain(Throwable thrown, Duration timeout) {
        VectorDbException error = explain(thrown);
        if (error.code() == ErrorCode.DEADLINE_EXCEEDED && error.metadata().isEmpty()) {
            return new VectorDbException(ErrorCode.DEADLINE_EXCEEDED, "no answer within " + timeout.toMillis() + " ms");
        }
        return error;
    }

    private Channel withHeaders(CallContext context) {
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(context.metadata()));
    }

    private Duration timeout(Message request, CallContext context) {
        FieldDescriptor field = request.getDescriptorForType().findFieldByNumber(41);
        Duration asked = field != null && request.hasField(field)
                ? toDuration((com.google.protobuf.Duration) request.getField(field))
                : defaultTimeout;
        Duration timeout = asked.plus(GRACE);
        if (context.deadline() != null) {
            Duration left = Duration.ofMillis(context.deadline().timeRemaining(TimeUnit.MILLISECONDS));
            return left.compareTo(timeout) < 0 ? left : timeout;
        }
        return timeout;
    }

    private static Duration toDuration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
