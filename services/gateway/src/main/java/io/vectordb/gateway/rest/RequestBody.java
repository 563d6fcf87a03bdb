package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Reads the body of a request: of the right type, unpacked, bounded. */
final class RequestBody {

    /** Longer bodies are decoded away from the event loop. */
    private static final int EVENT_LOOP_BYTES = 64 << 10;

    private RequestBody() {}

    /** A whole JSON body, at most {@link Limits#REQUEST_BYTES}; what follows runs off the event loop when it is long. */
    static Mono<byte[]> json(ServerHttpRequest http) {
        return Mono.defer(() -> {
            requireType(http, MediaRange.JSON);
            if (http.getHeaders().getContentLength() > Limits.REQUEST_BYTES) {
                return Mono.error(tooLarge());
            }
            return DataBufferUtils.join(unpacked(http), Limits.REQUEST_BYTES)
                    .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
                    .map(RequestBody::bytes)
                    .defaultIfEmpty(new byte[0])
                    .flatMap(bytes -> bytes.length <= EVENT_LOOP_BYTES
                            ? Mono.just(bytes)
                            : Mono.just(bytes).publishOn(Schedulers.parallel()));
        });
    }

    /** A stream of lines. */
    static Flux<DataBuffer> lines(ServerHttpRequest http) {
        return Flux.defer(() -> {
            requireType(http, MediaRange.NDJSON);
            return unpacked(http);
        });
    }

    private static Flux<DataBuffer> unpacked(ServerHttpRequest http) {
        String encoding = http.getHeaders().getFirst(HttpHeaders.CONTENT_ENCODING);
        return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
            case "identity" -> http.getBody();
            case "gzip", "x-gzip" -> Gzip.inflate(http.getBody());
            default ->
                throw new VectorDbException(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "expected Content-Encoding gzip or none, found " + encoding,
                        Map.of(Problems.HEADER, HttpHeaders.CONTENT_ENCODING));
        };
    }

    private static void requireType(ServerHttpRequest http, String expected) {
        String header = http.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        MediaRange found = header == null ? null : MediaRange.parse(header).getFirst();
        String charset = found == null ? "" : found.parameters().getOrDefault("charset", "utf-8");
        if (found == null || !found.type().equals(expected) || !charset.equals("utf-8")) {
            String hint = expected.equals(MediaRange.JSON)
                    ? "curl --json sends the right header"
                    : "curl -H 'Content-Type: " + expected + "' --data-binary @file";
            throw new VectorDbException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "expected Content-Type " + expected + ", found " + (header == null ? "none" : header),
                    Map.of(Problems.HEADER, HttpHeaders.CONTENT_TYPE, Problems.HINT, hint));
        }
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private static VectorDbException tooLarge() {
        return new VectorDbException(
                ErrorCode.REQUEST_TOO_LARGE,
                "the body is larger than " + Limits.REQUEST_BYTES + " bytes; more belongs into bulk-write",
                Map.of("expected", Integer.toString(Limits.REQUEST_BYTES)));
    }
}
