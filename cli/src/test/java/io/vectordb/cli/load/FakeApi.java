package io.vectordb.cli.load;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.StubServer;
import io.vectordb.cli.rest.StubServer.Call;
import io.vectordb.cli.rest.StubServer.Reply;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** So much of the REST API as a load needs, over records in memory. */
public final class FakeApi implements AutoCloseable {

    private final Map<String, JsonNode> records = new ConcurrentSkipListMap<>();
    private final AtomicBoolean exists = new AtomicBoolean();
    private final StubServer server = new StubServer(this::answer);
    private volatile String refusedText = "\0";

    public URI uri() {
        return server.uri();
    }

    public Map<String, JsonNode> records() {
        return records;
    }

    /** Records whose text contains this are refused. */
    void refuse(String text) {
        refusedText = text;
    }

    /** How many lines bulk writes have sent. */
    long linesWritten() {
        return server.calls().stream()
                .filter(call -> call.target().contains("/bulk-write"))
                .mapToLong(call -> call.body().lines().count())
                .sum();
    }

    public List<Call> calls() {
        return server.calls();
    }

    private Reply answer(Call call) {
        String target = call.target().replaceAll("\\?.*", "");
        return switch (call.method() + " " + target.replaceFirst("^/v1/collections/[^/]+", "C")) {
            case "GET C" -> exists.get() ? Reply.of(200, "{}") : Reply.of(404, "{\"code\": \"COLLECTION_NOT_FOUND\"}");
            case "POST /v1/collections" -> {
                exists.set(true);
                yield Reply.of(201, "{}");
            }
            case "POST C/get" -> get(Json.parse(call.body()));
            case "POST C/delete" -> delete(Json.parse(call.body()));
            case "POST C/bulk-write" -> bulk(call.body());
            default -> Reply.of(404, "{\"code\": \"ROUTE_NOT_FOUND\", \"detail\": \"" + target + "\"}");
        };
    }

    private Reply get(JsonNode request) {
        ObjectNode answer = Json.object();
        ArrayNode results = answer.putArray("results");
        for (JsonNode key : request.path("keys")) {
            ObjectNode result = results.addObject();
            result.set("key", key);
            JsonNode fields = records.get(key.stringValue());
            if (fields != null) {
                result.putObject("record").set("fields", fields);
            }
        }
        return Reply.of(200, Json.write(answer));
    }

    private Reply delete(JsonNode request) {
        request.path("keys").forEach(key -> records.remove(key.stringValue()));
        return Reply.of(200, "{\"succeeded\": " + request.path("keys").size() + ", \"failed\": 0}");
    }

    private Reply bulk(String body) {
        List<String> answer = new ArrayList<>();
        int line = 0;
        int failed = 0;
        for (String text : body.lines().toList()) {
            line++;
            JsonNode record = Json.parse(text);
            if (record.path("text").asString("").contains(refusedText)) {
                failed++;
                answer.add(
                        "{\"line\": " + line
                                + ", \"outcome\": \"refused\", \"error\": {\"code\": \"TEXT_TOO_LONG\", \"message\": \"text: 612 tokens\"}}");
            } else {
                records.put(record.path("id").stringValue(), record);
            }
        }
        answer.add("{\"summary\": {\"lines\": " + line + ", \"succeeded\": " + (line - failed) + ", \"failed\": "
                + failed + "}}");
        return Reply.of(200, String.join("\n", answer));
    }

    @Override
    public void close() {
        server.close();
    }
}
