package io.vectordb.coordinator;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.util.Optional;

/** Who makes a call, as the gateway says: the name that the client gave itself, and its address. Nothing proves the name yet. */
final class Caller {

    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("vectordb-actor", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> KEY = Context.key("vectordb-actor");
    private static final String UNKNOWN = "unknown";

    private Caller() {}

    /** Of the call whose handler runs on this thread. */
    static String current() {
        return Optional.ofNullable(KEY.get()).orElse(UNKNOWN);
    }

    /** The service, whose handlers are told of their callers. */
    static BindableService told(BindableService service) {
        return () -> ServerInterceptors.intercept(service, new Interceptor());
    }

    private static final class Interceptor implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String actor = Optional.ofNullable(headers.get(HEADER)).orElse(UNKNOWN);
            return Contexts.interceptCall(Context.current().withValue(KEY, actor), call, headers, next);
        }
    }
}
