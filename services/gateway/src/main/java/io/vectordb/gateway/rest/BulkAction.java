package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.bulk.BulkOptions;
import io.vectordb.gateway.bulk.BulkWriting;
import io.vectordb.v1.BulkStart;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Bulk writing: lines of JSON both ways, the answer streaming while the request is read. */
final class BulkAction implements Route.Action {

    static final List<String> PARAMETERS = List.of("format", "report", "max_failed", "request_id");

    private final BulkWriting writing;

    BulkAction(BulkWriting writing) {
        this.writing = writing;
    }

    @Override
    public Mono<Void> run(RestExchange exchange) {
        exchange.query().allowOnly(PARAMETERS);
        Set<String> outside = new HashSet<>(PARAMETERS);
        outside.add("start.collection");
        exchange.places(new ErrorPlace(outside, path -> path.replaceFirst("^start\\.", "")));
        BulkOptions options = options(exchange);
        Flux<byte[]> body = RequestBody.lines(exchange.http()).map(BulkAction::bytes);
        Flux<byte[]> lines = writing.write(options, body, exchange.callContext(), exchange.writer(), (json, error) -> {
            exchange.failed(error.code());
            Problems.write(json, error, exchange.problemSource());
        });
        exchange.response().setStatusCode(HttpStatus.OK);
        exchange.response().getHeaders().set(HttpHeaders.CONTENT_TYPE, MediaRange.NDJSON);
        return exchange.response()
                .writeAndFlushWith(lines.map(
                        line -> Mono.just(exchange.response().bufferFactory().wrap(line))));
    }

    private static BulkOptions options(RestExchange exchange) {
        QueryParameters query = exchange.query();
        BulkStart.Builder start = BulkStart.newBuilder();
        query.get("max_failed").ifPresent(text -> RequestMembers.bindOne(start, "max_failed", text));
        query.get("report").ifPresent(text -> RequestMembers.bindOne(start, "report", text));
        query.get("request_id").ifPresent(text -> RequestMembers.bindOne(start, "request_id", text));
        RequestMembers.bindHeaders(start, exchange);
        return new BulkOptions(
                exchange.variable("start.collection"),
                format(query.get("format").orElse("records")),
                start.getReport(),
                start.getMaxFailed(),
                start.getTokensList(),
                start.getRequestId());
    }

    private static BulkOptions.Format format(String text) {
        return Stream.of(BulkOptions.Format.values())
                .filter(format -> format.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> VectorDbException.of(
                        new Violation("format", ErrorCode.INVALID_VALUE, "expected records or ops, found " + text)));
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
