package io.vectordb.gateway.forward;

import io.grpc.Attributes;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with a request besides its message.
 *
 * @param authorization the caller's header; empty: none
 * @param trace the trace it belongs to
 * @param actor who calls: the name that the caller gave itself, and its address
 * @param deadline when the caller gives up; null: it did not say
 */
public record CallContext(
        String authorization,
        TraceContext trace,
        String actor,
        @Nullable Deadline deadline) {

    public static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    public static final Metadata.Key<String> TRACEPARENT = key("traceparent");
    public static final Metadata.Key<String> TRACESTATE = key("tracestate");

    /** The header in which a caller names itself; nothing proves the name. */
    public static final String ACTOR_HEADER = "VectorDB-Actor";

    private static final Metadata.Key<String> ACTOR = key("vectordb-actor");
    private static final int ACTOR_CHARACTERS = 64;

    /** The context of a gRPC call. */
    public static CallContext of(Metadata headers, Attributes call, @Nullable Deadline deadline) {
        String authorization = headers.get(AUTHORIZATION);
        return new CallContext(
                authorization == null ? "" : authorization,
                TraceContext.from(headers.get(TRACEPARENT), headers.get(TRACESTATE)),
                actor(headers.get(ACTOR), call.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                deadline);
    }

    /** Who calls, as the audit log tells it. */
    public static String actor(@Nullable String name, @Nullable SocketAddress address) {
        String said =
                name == null ? "" : name.replaceAll("[^\\x21-\\x7e]+", " ").strip();
        String shown = said.isEmpty() ? "anonymous" : said.substring(0, Math.min(ACTOR_CHARACTERS, said.length()));
        return shown + " at "
                + switch (address) {
                    case InetSocketAddress inet
                    when inet.getAddress() != null -> inet.getAddress().getHostAddress();
                    case null, default -> "an unknown address";
                };
    }

    /** The metadata for the call behind this one. */
    Metadata metadata() {
        Metadata metadata = new Metadata();
        metadata.put(TRACEPARENT, trace.traceparent());
        if (!trace.state().isEmpty()) {
            metadata.put(TRACESTATE, trace.state());
        }
        metadata.put(ACTOR, actor);
        if (!authorization.isEmpty()) {
            metadata.put(AUTHORIZATION, authorization);
        }
        return metadata;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
