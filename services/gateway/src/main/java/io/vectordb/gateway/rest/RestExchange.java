package io.vectordb.gateway.rest;

import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.gateway.forward.TraceContext;
import io.vectordb.gateway.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** One HTTP request on its route, and its answer. Used by one reactive chain at a time. */
final class RestExchange {

    static final String TOKEN_HEADER = "VectorDB-Token";

    private final ServerHttpRequest http;
    private final ServerHttpResponse response;
    private final TraceContext trace;
    private Map<String, String> variables = Map.of();
    private QueryParameters query = new QueryParameters(null);
    private ErrorPlace place = ErrorPlace.BODY;
    private JsonWriter writer = JsonWriter.NUMBERS;
    private @Nullable Message request;
    private String routeName = "none";
    private @Nullable ErrorCode failure;

    RestExchange(ServerHttpRequest http, ServerHttpResponse response) {
        this.http = http;
        this.response = response;
        HttpHeaders headers = http.getHeaders();
        trace = TraceContext.from(headers.getFirst("traceparent"), headers.getFirst("tracestate"));
    }

    /** Puts the request on its route; the variables come decoded. */
    void routed(Map<String, String> decodedVariables, QueryParameters parameters) {
        variables = Map.copyOf(decodedVariables);
        query = parameters;
    }

    /** Names the route, for logs and metrics. */
    void named(String name) {
        routeName = name;
    }

    String routeName() {
        return routeName;
    }

    /** What the request failed with; null: it did not, so far. */
    @Nullable
    ErrorCode failure() {
        return failure;
    }

    /** Keeps what the request failed with. */
    void failed(ErrorCode code) {
        failure = code;
    }

    ServerHttpRequest http() {
        return http;
    }

    ServerHttpResponse response() {
        return response;
    }

    String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    Map<String, String> variables() {
        return variables;
    }

    QueryParameters query() {
        return query;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(http.getHeaders().getFirst(name));
    }

    JsonWriter writer() {
        return writer;
    }

    CallContext callContext() {
        return new CallContext(
                header(HttpHeaders.AUTHORIZATION).orElse(""),
                trace,
                CallContext.actor(header(CallContext.ACTOR_HEADER).orElse(null), http.getRemoteAddress()),
                null);
    }

    /** The session tokens of the header. */
    List<String> tokens() {
        return header(TOKEN_HEADER).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .map(String::trim)
                .filter(token -> !token.isEmpty())
                .toList();
    }

    /** Tells where errors are to point. */
    void places(ErrorPlace where) {
        place = where;
    }

    /** Keeps the message, whose texts errors quote. */
    void requested(Message message) {
        request = message;
    }

    Problems.Source problemSource() {
        return new Problems.Source(http.getURI().getRawPath(), trace.traceId(), place, request);
    }

    /**
     * Chooses the form of the answer.
     *
     * @throws VectorDbException {@code NOT_ACCEPTABLE} when the client takes no {@code mediaType}
     */
    void negotiate(String mediaType) {
        List<String> accept = http.getHeaders().getOrEmpty(HttpHeaders.ACCEPT);
        if (accept.isEmpty()) {
            return;
        }
        MediaRange range = MediaRange.parse(String.join(",", accept)).stream()
                .filter(candidate -> candidate.accepts(mediaType))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.NOT_ACCEPTABLE,
                        "the answer is " + mediaType + ", accepted is " + String.join(", ", accept),
                        Map.of(Problems.HEADER, HttpHeaders.ACCEPT)));
        String int64 = range.parameters().getOrDefault("int64", "number");
        writer = switch (int64) {
            case "number" -> JsonWriter.NUMBERS;
            case "string" -> JsonWriter.STRINGS;
            default ->
                throw new VectorDbException(
                        ErrorCode.NOT_ACCEPTABLE,
                        "int64 is \"number\" or \"string\", asked for is " + int64,
                        Map.of(Problems.HEADER, HttpHeaders.ACCEPT));
        };
    }

    /** Sends a message. */
    Mono<Void> answer(int status, Message message) {
        return send(status, MediaRange.JSON, writer.write(message));
    }

    /** Sends a body, compressed when the client takes that and it is worth it. */
    Mono<Void> send(int status, String mediaType, byte[] body) {
        HttpHeaders headers = response.getHeaders();
        response.setStatusCode(HttpStatusCode.valueOf(status));
        headers.set(HttpHeaders.CONTENT_TYPE, mediaType);
        headers.set(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        byte[] sent = body;
        if (body.length >= Gzip.LEAST_BYTES
                && Gzip.isAccepted(http.getHeaders().getOrEmpty(HttpHeaders.ACCEPT_ENCODING))) {
            sent = Gzip.deflate(body);
            headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        headers.setContentLength(sent.length);
        DataBuffer buffer = response.bufferFactory().wrap(sent);
        return response.writeWith(Mono.just(buffer));
    }

    /** Sends a failure. */
    Mono<Void> fail(VectorDbException error) {
        failed(error.code());
        if (error.code().retryable()) {
            response.getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
        }
        return send(error.code().httpStatus(), MediaRange.PROBLEM, Problems.write(error, problemSource()));
    }
}
