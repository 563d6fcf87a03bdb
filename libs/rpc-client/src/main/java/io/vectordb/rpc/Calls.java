package io.vectordb.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Unary calls as Monos whose errors are {@link io.vectordb.common.VectorDbException}s. */
public final class Calls {

    private Calls() {}

    /** The first message of a stream, which is then cancelled; otherwise as {@link #unary}. */
    static <Q, A> Mono<A> first(Channel channel, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return Mono.create(sink -> {
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
            ClientCall<Q, A> call = channel.newCall(method, options);
            AtomicBoolean ended = new AtomicBoolean();
            ClientCalls.asyncServerStreamingCall(call, request, new ClientResponseObserver<Q, A>() {
                @Override
                public void beforeStart(ClientCallStreamObserver<Q> stream) {}

                @Override
                public void onNext(A value) {
                    if (ended.compareAndSet(false, true)) {
                        sink.success(value);
                        call.cancel("one message is enough", null);
                    }
                }

                @Override
                public void onError(Throwable thrown) {
                    if (ended.compareAndSet(false, true)) {
                        sink.error(GrpcErrors.fromThrowable(thrown));
                    }
                }

                @Override
                public void onCompleted() {
                    if (ended.compareAndSet(false, true)) {
                        sink.error(new VectorDbException(
                                ErrorCode.SHARD_UNAVAILABLE,
                                "the stream ended before its first message",
                                Map.of(GrpcErrors.UNREACHED, "true")));
                    }
                }
            });
            sink.onCancel(() -> {
                if (ended.compareAndSet(false, true)) {
                    call.cancel("the caller went away", null);
                }
            });
        });
    }

    /**
     * One call, made at subscription and cancelled with it.
     *
     * @param timeout the deadline of the call, from subscription on
     */
    public static <Q, A> Mono<A> unary(Channel channel, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return Mono.create(sink -> {
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
            ClientCall<Q, A> call = channel.newCall(method, options);
            AtomicBoolean abandoned = new AtomicBoolean();
            ClientCalls.asyncUnaryCall(call, request, new ClientResponseObserver<Q, A>() {
                private @Nullable A answer;

                @Override
                public void beforeStart(ClientCallStreamObserver<Q> stream) {}

                @Override
                public void onNext(A value) {
                    answer = value;
                }

                @Override
                public void onError(Throwable thrown) {
                    // Nobody is left to tell, and Reactor would log it as an error that got lost.
                    if (!abandoned.get()) {
                        sink.error(GrpcErrors.fromThrowable(thrown));
                    }
                }

                @Override
                public void onCompleted() {
                    sink.success(answer);
                }
            });
            // Only now: a call that is cancelled before it has started cannot be started.
            sink.onCancel(() -> {
                abandoned.set(true);
                call.cancel("the caller went away", null);
            });
        });
    }
}
