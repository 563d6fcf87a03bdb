package io.vectordb.gateway.rest;

import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.json.JsonReader;
import io.vectordb.gateway.rest.KeyColumns.KeyColumn;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.Patch;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Select;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * The routes of a single record. They say Write and Get of one item, whose error becomes that of the call.
 */
final class RecordActions {

    /** The query parameters of the changing routes. */
    static final List<String> CHANGE_PARAMETERS = List.of("if_seq", "timeout", "request_id");
    /** The query parameters of the reading route. */
    static final List<String> READ_PARAMETERS =
            List.of("include", "exclude", "vector_encoding", "consistency", "timeout");

    private static final String KEY = "key";
    private static final String IF_SEQ = "if_seq";

    private final Rpc write;
    private final Rpc get;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final KeyColumns columns;

    RecordActions(Rpc write, Rpc get, RequestGuard guard, Coordinator coordinator, KeyColumns columns) {
        this.write = write;
        this.get = get;
        this.guard = guard;
        this.coordinator = coordinator;
        this.columns = columns;
    }

    Mono<Void> put(RestExchange exchange) {
        return change(exchange, true, (column, body) -> {
            Fields.Builder record = Fields.newBuilder();
            JsonReader.merge(body, record);
            Value key = column.value(exchange.variable(KEY));
            Value given = record.getValuesOrDefault(column.name(), key);
            if (!text(given).equals(text(key))) {
                throw VectorDbException.of(new Violation(
                        column.name(),
                        ErrorCode.INVALID_VALUE,
                        "the path says " + text(key) + ", the body " + text(given)));
            }
            return WriteOp.newBuilder().setUpsert(record.putValues(column.name(), key));
        });
    }

    Mono<Void> patch(RestExchange exchange) {
        return change(exchange, true, (column, body) -> {
            Patch.Builder patch = Patch.newBuilder();
            JsonReader.merge(body, patch);
            RecordKey key = column.key(exchange.variable(KEY));
            if (patch.hasKey() && !patch.getKey().equals(key)) {
                throw VectorDbException.of(
                        new Violation(KEY, ErrorCode.INVALID_VALUE, "the path and the body name different keys"));
            }
            return WriteOp.newBuilder().setUpdate(patch.setKey(key));
        });
    }

    Mono<Void> delete(RestExchange exchange) {
        return change(
                exchange, false, (column, _) -> WriteOp.newBuilder().setDelete(column.key(exchange.variable(KEY))));
    }

    Mono<Void> get(RestExchange exchange) {
        exchange.query().allowOnly(READ_PARAMETERS);
        exchange.places(new ErrorPlace(parametersAnd(READ_PARAMETERS), RecordActions::readPlace));
        requireShortKey(exchange.variable(KEY));
        GetRequest.Builder request = GetRequest.newBuilder().setCollection(exchange.variable("collection"));
        bindRead(request, exchange.query());
        RequestMembers.bindHeaders(request, exchange);
        return columns.of(exchange.variable("collection"), exchange.callContext())
                .flatMap(column -> {
                    GetRequest whole =
                            request.addKeys(column.key(exchange.variable(KEY))).build();
                    exchange.requested(whole);
                    guard.check(get, whole);
                    return coordinator.unary(get, whole, exchange.callContext());
                })
                .doOnError(_ -> columns.forget(exchange.variable("collection")))
                .flatMap(response -> answerRecord(exchange, (GetResponse) response));
    }

    private Mono<Void> change(
            RestExchange exchange, boolean hasBody, BiFunction<KeyColumn, byte[], WriteOp.Builder> operation) {
        exchange.query().allowOnly(CHANGE_PARAMETERS);
        exchange.places(new ErrorPlace(parametersAnd(CHANGE_PARAMETERS), RecordActions::writePlace));
        requireShortKey(exchange.variable(KEY));
        String collection = exchange.variable("collection");
        Mono<byte[]> body = hasBody ? RequestBody.json(exchange.http()) : Mono.just(new byte[0]);
        return body.flatMap(bytes -> columns.of(collection, exchange.callContext())
                        .flatMap(column -> {
                            WriteRequest request = writeRequest(exchange, operation.apply(column, bytes));
                            exchange.requested(request);
                            guard.check(write, request);
                            return coordinator.unary(write, request, exchange.callContext());
                        }))
                .doOnError(_ -> columns.forget(collection))
                .flatMap(response -> answerResult(exchange, (WriteResponse) response));
    }

    private static WriteRequest writeRequest(RestExchange exchange, WriteOp.Builder op) {
        QueryParameters query = exchange.query();
        WriteRequest.Builder request = WriteRequest.newBuilder().setCollection(exchange.variable("collection"));
        query.get(IF_SEQ).ifPresent(text -> bind(op, IF_SEQ, text));
        query.get("timeout").ifPresent(text -> bind(request, "timeout", text));
        query.get("request_id").ifPresent(text -> bind(request, "request_id", text));
        RequestMembers.bindHeaders(request, exchange);
        return request.addOps(op).build();
    }

    private static void bindRead(GetRequest.Builder request, QueryParameters query) {
        query.get("timeout").ifPresent(text -> bind(request, "timeout", text));
        query.get("consistency").ifPresent(text -> {
            Consistency.Builder consistency = Consistency.newBuilder();
            String[] parts = text.split(":", 2);
            bindAs(consistency, "level", parts[0], "consistency");
            if (parts.length == 2) {
                bindAs(consistency, "max_staleness", parts[1], "consistency");
            }
            request.setConsistency(consistency);
        });
        Select.Builder select = Select.newBuilder();
        query.get("include").ifPresent(text -> select.addAllInclude(List.of(text.split(",", -1))));
        query.get("exclude").ifPresent(text -> select.addAllExclude(List.of(text.split(",", -1))));
        query.get("vector_encoding").ifPresent(text -> bind(select, "vector_encoding", text));
        if (!select.equals(Select.newBuilder())) {
            request.setSelect(select);
        }
    }

    private static void bind(Message.Builder target, String member, String text) {
        bindAs(target, member, text, member);
    }

    private static void bindAs(Message.Builder target, String member, String text, String parameter) {
        try {
            RequestMembers.bindOne(target, member, text);
        } catch (VectorDbException e) {
            Violation fault = e.violations().getFirst();
            throw VectorDbException.of(new Violation(parameter, fault.code(), fault.message(), fault.hint()));
        }
    }

    private Mono<Void> answerResult(RestExchange exchange, WriteResponse response) {
        if (response.getResultsCount() != 1) {
            return Mono.error(notOne(response.getResultsCount()));
        }
        WriteResult result = response.getResults(0);
        if (result.hasError()) {
            return Mono.error(itemFailure(result.getError()));
        }
        HttpHeaders headers = exchange.response().getHeaders();
        if (!response.getToken().isEmpty()) {
            headers.set(RestExchange.TOKEN_HEADER, response.getToken());
        }
        boolean isNew = result.getOutcome() == WriteResult.Outcome.CREATED;
        if (isNew) {
            headers.set(HttpHeaders.LOCATION, exchange.http().getURI().getRawPath());
        }
        return exchange.answer(isNew ? 201 : 200, result);
    }

    private static Mono<Void> answerRecord(RestExchange exchange, GetResponse response) {
        if (response.getResultsCount() != 1) {
            return Mono.error(notOne(response.getResultsCount()));
        }
        GetResult result = response.getResults(0);
        if (!response.getToken().isEmpty()) {
            exchange.response().getHeaders().set(RestExchange.TOKEN_HEADER, response.getToken());
        }
        if (result.hasError()) {
            return Mono.error(itemFailure(result.getError()));
        }
        if (!result.hasRecord()) {
            String key = exchange.variable(KEY);
            return Mono.error(new VectorDbException(
                    ErrorCode.RECORD_NOT_FOUND,
                    exchange.variable("collection") + " has no record " + key,
                    Map.of(Problems.PARAMETER, KEY)));
        }
        return exchange.answer(200, result.getRecord());
    }

    private static VectorDbException notOne(int results) {
        return new VectorDbException(ErrorCode.INTERNAL, "expected the result of one record, received " + results);
    }

    private static VectorDbException itemFailure(ItemError item) {
        VectorDbException error = GrpcErrors.fromItemError(item);
        if (error.code() == ErrorCode.SEQ_MISMATCH && error.violations().isEmpty()) {
            Map<String, String> metadata = new HashMap<>(error.metadata());
            metadata.put(Problems.PARAMETER, IF_SEQ);
            return new VectorDbException(error.code(), error.getMessage(), metadata);
        }
        return error;
    }

    private static void requireShortKey(String key) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.KEY_BYTES) {
            throw new VectorDbException(
                    ErrorCode.KEY_TOO_LONG,
                    "the key has " + bytes + " bytes, at most " + Limits.KEY_BYTES + " are allowed",
                    Map.of(
                            Problems.PARAMETER,
                            KEY,
                            "expected",
                            Integer.toString(Limits.KEY_BYTES),
                            "actual",
                            Integer.toString(bytes)));
        }
    }

    private static String text(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            default -> "another value";
        };
    }

    private static Set<String> parametersAnd(List<String> query) {
        Set<String> parameters = new HashSet<>(query);
        parameters.add("collection");
        parameters.add(KEY);
        return parameters;
    }

    /** Where in the body, or as which parameter, a member of the one operation was given. */
    private static String writePlace(String path) {
        for (String prefix : List.of("ops.0.upsert.", "ops.0.update.", "ops.0.")) {
            if (path.startsWith(prefix)) {
                String rest = path.substring(prefix.length());
                return rest.equals("delete") ? KEY : rest;
            }
        }
        return path;
    }

    private static String readPlace(String path) {
        if (path.startsWith("keys.0")) {
            return KEY;
        }
        if (path.startsWith("select.")) {
            return path.split("\\.")[1];
        }
        return path.startsWith("consistency") ? "consistency" : path;
    }
}
