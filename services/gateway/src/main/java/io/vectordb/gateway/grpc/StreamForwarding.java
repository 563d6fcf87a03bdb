package io.vectordb.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.guard.RequestGuard;

/**
 * Forwards a stream both ways, message by message. Flow control goes through: a message is asked for on one side only when
 * the other side can take it, so at most a few messages are held.
 */
final class StreamForwarding implements ServerCallHandler<Message, Message> {

    private final Rpc rpc;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final GatewayMetrics metrics;

    StreamForwarding(Rpc rpc, RequestGuard guard, Coordinator coordinator, GatewayMetrics metrics) {
        this.rpc = rpc;
        this.guard = guard;
        this.coordinator = coordinator;
        this.metrics = metrics;
    }

    @Override
    public ServerCall.Listener<Message> startCall(ServerCall<Message, Message> inbound, Metadata headers) {
        Closing closing = new Closing(inbound, rpc, metrics);
        try {
            guard.checkAvailable(rpc);
        } catch (VectorDbException e) {
            closing.failed(e);
            return new ServerCall.Listener<>() {};
        }
        Compression.answerAsAsked(inbound, headers);
        CallContext context = CallContext.of(
                headers, inbound.getAttributes(), Context.current().getDeadline());
        Forwarding forwarding = new Forwarding(inbound, coordinator.call(rpc, context), closing);
        forwarding.start();
        return forwarding;
    }

    /** One call: its own methods are the client's side, {@link Answers} is the coordinator's. */
    private final class Forwarding extends ServerCall.Listener<Message> {

        private final ServerCall<Message, Message> inbound;
        private final ClientCall<Message, Message> outbound;
        private final Closing closing;
        private final Object lock = new Object();
        /** A message of the client awaits its turn until the coordinator can take one; guarded by the lock. */
        private boolean clientPaused;
        /** The same the other way round; guarded by the lock. */
        private boolean coordinatorPaused;

        Forwarding(ServerCall<Message, Message> inbound, ClientCall<Message, Message> outbound, Closing closing) {
            this.inbound = inbound;
            this.outbound = outbound;
            this.closing = closing;
        }

        void start() {
            outbound.start(new Answers(), new Metadata());
            outbound.request(1);
            inbound.request(1);
        }

        @Override
        public void onMessage(Message message) {
            try {
                guard.checkPart(rpc, message);
            } catch (VectorDbException e) {
                closing.failed(e);
                outbound.cancel("refused: " + e.getMessage(), null);
                return;
            }
            outbound.sendMessage(message);
            synchronized (lock) {
                if (outbound.isReady()) {
                    inbound.request(1);
                } else {
                    clientPaused = true;
                }
            }
        }

        @Override
        public void onHalfClose() {
            outbound.halfClose();
        }

        @Override
        public void onCancel() {
            closing.cancelled();
            outbound.cancel("the client went away", null);
        }

        @Override
        public void onReady() {
            synchronized (lock) {
                if (coordinatorPaused) {
                    coordinatorPaused = false;
                    outbound.request(1);
                }
            }
        }

        /** The coordinator's side. */
        private final class Answers extends ClientCall.Listener<Message> {

            @Override
            public void onHeaders(Metadata headers) {
                closing.begin();
            }

            @Override
            public void onMessage(Message message) {
                closing.send(message);
                synchronized (lock) {
                    if (inbound.isReady()) {
                        outbound.request(1);
                    } else {
                        coordinatorPaused = true;
                    }
                }
            }

            @Override
            public void onReady() {
                synchronized (lock) {
                    if (clientPaused) {
                        clientPaused = false;
                        inbound.request(1);
                    }
                }
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                if (status.isOk()) {
                    closing.succeeded();
                } else {
                    closing.failed(Coordinator.explain(status.asRuntimeException(trailers)));
                }
            }
        }
    }
}
