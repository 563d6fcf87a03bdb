package io.vectordb.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.guard.RequestGuard;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** Forwards one request and its answer. */
final class UnaryForwarding implements ServerCallHandler<Message, Message> {

    private final Rpc rpc;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final GatewayMetrics metrics;

    UnaryForwarding(Rpc rpc, RequestGuard guard, Coordinator coordinator, GatewayMetrics metrics) {
        this.rpc = rpc;
        this.guard = guard;
        this.coordinator = coordinator;
        this.metrics = metrics;
    }

    @Override
    public ServerCall.Listener<Message> startCall(ServerCall<Message, Message> call, Metadata headers) {
        Compression.answerAsAsked(call, headers);
        call.request(2);
        return new Forwarding(
                call,
                CallContext.of(headers, call.getAttributes(), Context.current().getDeadline()));
    }

    /** One call. gRPC calls the methods one after another. */
    private final class Forwarding extends ServerCall.Listener<Message> {

        private final CallContext context;
        private final Closing closing;
        private @Nullable Message request;
        private @Nullable Disposable forwarded;

        Forwarding(ServerCall<Message, Message> call, CallContext context) {
            this.context = context;
            closing = new Closing(call, rpc, metrics);
        }

        @Override
        public void onMessage(Message message) {
            request = message;
        }

        @Override
        public void onHalfClose() {
            Message received = request;
            if (received == null) {
                closing.failed(new VectorDbException(ErrorCode.MISSING_MEMBER, "the call carries no request"));
                return;
            }
            try {
                guard.check(rpc, received);
            } catch (VectorDbException e) {
                closing.failed(e);
                return;
            }
            forwarded = coordinator
                    .unary(rpc, received, context)
                    .subscribe(this::answer, thrown -> closing.failed(Coordinator.explain(thrown)));
        }

        private void answer(Message answer) {
            closing.begin();
            closing.send(answer);
            closing.succeeded();
        }

        @Override
        public void onCancel() {
            closing.cancelled();
            Disposable running = forwarded;
            if (running != null) {
                running.dispose();
            }
        }
    }
}
