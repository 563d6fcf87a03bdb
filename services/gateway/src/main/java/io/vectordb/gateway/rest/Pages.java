package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.NearNames;
import io.vectordb.gateway.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/** The pages of the gateway itself: what each error means. */
final class Pages {

    private Pages() {}

    /** {@code /problems/{code}}: the type of a problem can be looked up. */
    static Mono<Void> problem(RestExchange exchange) {
        String slug = exchange.variable("code");
        ErrorCode code = Stream.of(ErrorCode.values())
                .filter(each -> each.slug().equals(slug))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.ROUTE_NOT_FOUND,
                        "there is no error code " + slug,
                        Map.of(
                                Problems.PARAMETER,
                                "code",
                                Problems.HINT,
                                NearNames.hint(
                                        slug,
                                        Stream.of(ErrorCode.values())
                                                .map(ErrorCode::slug)
                                                .toList()))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out)) {
            json.writeStartObject();
            json.writeStringProperty("code", code.name());
            json.writeStringProperty("title", code.title());
            json.writeNumberProperty("status", code.httpStatus());
            json.writeStringProperty("grpc_status", code.grpcStatus());
            json.writeBooleanProperty("retryable", code.retryable());
            json.writeStringProperty("meaning", meaning(code));
            json.writeEndObject();
        }
        return exchange.send(200, MediaRange.JSON, out.toByteArray());
    }

    private static String meaning(ErrorCode code) {
        return switch (code.category()) {
            case USER -> "The request cannot succeed as it is: change it.";
            case CONFLICT -> "The state is another than the request assumes: read again, decide, repeat.";
            case UNAVAILABLE -> "The same request may succeed a little later: repeat it with the same request id.";
            case EXHAUSTED ->
                code.retryable()
                        ? "There is more work than room: repeat later, or send less at once."
                        : "The request or the data is larger than the room for it.";
            case CORRUPT -> "Stored data is damaged: the server repairs it from another replica where it can.";
            case INTERNAL -> "The server failed: the trace id leads to what happened.";
        };
    }
}
