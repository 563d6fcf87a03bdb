package io.vectordb.gateway.forward;

import io.grpc.Deadline;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with a request besides its message.
 *
 * @param authorization the caller's header; empty: none
 * @param trace the trace it belongs to
 * @param deadline when the caller gives up; null: it did not say
 */
public record CallContext(
        String authorization, TraceContext trace, @Nullable Deadline deadline) {

    public static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    public static final Metadata.Key<String> TRACEPARENT = key("traceparent");
    public static final Metadata.Key<String> TRACESTATE = key("tracestate");

    /** The context of a gRPC call. */
    public static CallContext of(Metadata headers, @Nullable Deadline deadline) {
        String authorization = headers.get(AUTHORIZATION);
        return new CallContext(
                authorization == null ? "" : authorization,
                TraceContext.from(headers.get(TRACEPARENT), headers.get(TRACESTATE)),
                deadline);
    }

    /** The metadata for the call behind this one. */
    Metadata metadata() {
        Metadata metadata = new Metadata();
        metadata.put(TRACEPARENT, trace.traceparent());
        if (!trace.state().isEmpty()) {
            metadata.put(TRACESTATE, trace.state());
        }
        if (!authorization.isEmpty()) {
            metadata.put(AUTHORIZATION, authorization);
        }
        return metadata;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
