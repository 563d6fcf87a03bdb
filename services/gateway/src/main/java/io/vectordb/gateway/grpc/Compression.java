package io.vectordb.gateway.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;

/** Answers are compressed when the request was: who saves bytes one way wants to save them the other way. */
final class Compression {

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private Compression() {}

    static void answerAsAsked(ServerCall<?, ?> call, Metadata headers) {
        if ("gzip".equals(headers.get(ENCODING))) {
            call.setCompression("gzip");
            call.setMessageCompression(true);
        }
    }
}
