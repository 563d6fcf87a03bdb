package io.vectordb.cli.load;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the collection has of a document, asked for by keys; without vectors. */
final class StoredPassages {

    /** Most keys of one request. */
    static final int BATCH = 1_000;

    private static final int PROBE = 50;

    private final RestClient client;
    private final String path;

    StoredPassages(RestClient client, String collection) {
        this.client = client;
        this.path = "/v1/collections/" + RestClient.encode(collection);
    }

    /** The stored records by key; keys without a record are absent. */
    Map<String, JsonNode> get(List<String> keys) {
        Map<String, JsonNode> stored = new HashMap<>();
        for (int from = 0; from < keys.size(); from += BATCH) {
            ArrayNode batch = Json.array();
            keys.subList(from, Math.min(keys.size(), from + BATCH)).forEach(batch::add);
            ObjectNode request = Json.object();
            request.set("keys", batch);
            for (JsonNode result : client.post(path + "/get", request).json().path("results")) {
                JsonNode fields = result.path("record").path("fields");
                if (!fields.isMissingNode()) {
                    stored.put(fields.path("id").asString(""), fields);
                }
            }
        }
        return stored;
    }

    /**
     * Keys of stored passages behind the last one a document has now, which an earlier, longer version left. Ordinals
     * have no gaps, so the first one that is absent ends the look-up.
     *
     * @param prefix key of a passage less its ordinal
     * @param count how many passages the document has now
     */
    List<String> behind(String prefix, int count) {
        List<String> left = new ArrayList<>();
        while (true) {
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < PROBE; i++) {
                keys.add(prefix + (count + left.size() + i));
            }
            Map<String, JsonNode> stored = get(keys);
            List<String> found = keys.stream().takeWhile(stored::containsKey).toList();
            left.addAll(found);
            if (found.size() < PROBE) {
                return left;
            }
        }
    }

    /** Deletes records; fails when one is refused. */
    void delete(List<String> keys) {
        for (int from = 0; from < keys.size(); from += BATCH) {
            ObjectNode request = Json.object();
            keys.subList(from, Math.min(keys.size(), from + BATCH)).forEach(request.putArray("keys")::add);
            JsonNode answer = client.change("POST", path + "/delete", Optional.of(request))
                    .json();
            if (answer.path("failed").asInt(0) > 0) {
                throw new CliException(
                        ExitCode.REFUSED,
                        answer.path("failed").asInt(0) + " passages that a document no longer has were not deleted");
            }
        }
    }
}
