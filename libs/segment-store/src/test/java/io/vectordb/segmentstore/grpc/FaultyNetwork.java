package io.vectordb.segmentstore.grpc;

import com.google.protobuf.ByteString;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.vectordb.internal.segments.v1.FileChunk;
import io.vectordb.internal.segments.v1.PutChunk;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Breaks, damages or stalls streams of chunks as a plan says: one fault a stream, then no more. */
final class FaultyNetwork implements ServerInterceptor {

    /** What happens to the chunk of this number in a stream. */
    record Fault(Kind kind, int chunk) {}

    enum Kind {
        BREAK,
        FLIP_A_BIT,
        STALL
    }

    final ConcurrentLinkedQueue<Fault> plan = new ConcurrentLinkedQueue<>();
    final AtomicInteger streams = new AtomicInteger();
    final AtomicLong bytes = new AtomicLong();

    void plan(Kind kind, int... chunks) {
        for (int chunk : chunks) {
            plan.add(new Fault(kind, chunk));
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()
                && call.getMethodDescriptor().getType().serverSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        streams.incrementAndGet();
        Fault fault = plan.isEmpty() ? new Fault(Kind.BREAK, Integer.MAX_VALUE) : plan.remove();
        AtomicInteger chunks = new AtomicInteger();
        ServerCall<Q, A> faulty = new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
                if (!(message instanceof FileChunk chunk)) {
                    super.sendMessage(message);
                    return;
                }
                boolean now = chunks.getAndIncrement() == fault.chunk();
                if (now && fault.kind() == Kind.BREAK) {
                    call.close(Status.UNAVAILABLE.withDescription("planned"), new Metadata());
                } else if (now && fault.kind() == Kind.FLIP_A_BIT) {
                    super.sendMessage(cast(flipped(chunk)));
                } else if (fault.kind() != Kind.STALL || chunks.get() <= fault.chunk()) {
                    bytes.addAndGet(chunk.getContent().size());
                    super.sendMessage(message);
                }
            }

            @SuppressWarnings("unchecked")
            private A cast(Object message) {
                return (A) message;
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(faulty, headers)) {
            @Override
            public void onMessage(Q message) {
                if (!(message instanceof PutChunk put)) {
                    super.onMessage(message);
                    return;
                }
                boolean now = chunks.getAndIncrement() == fault.chunk();
                if (now && fault.kind() == Kind.BREAK) {
                    call.close(Status.UNAVAILABLE.withDescription("planned"), new Metadata());
                } else if (now && fault.kind() == Kind.FLIP_A_BIT) {
                    super.onMessage(cast(
                            put.toBuilder().setChunk(flipped(put.getChunk())).build()));
                } else if (fault.kind() != Kind.STALL || chunks.get() <= fault.chunk()) {
                    bytes.addAndGet(put.getChunk().getContent().size());
                    super.onMessage(message);
                }
            }

            @SuppressWarnings("unchecked")
            private Q cast(Object message) {
                return (Q) message;
            }
        };
    }

    private static FileChunk flipped(FileChunk chunk) {
        byte[] content = chunk.getContent().toByteArray();
        content[content.length / 2] ^= 4;
        return chunk.toBuilder().setContent(ByteString.copyFrom(content)).build();
    }
}
