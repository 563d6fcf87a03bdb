package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Compares all that is stored, read in every way there is, with what was acknowledged; nobody writes meanwhile. */
final class Audit {

    private static final int K = 10_000;

    private final Rest rest;
    private final String collection;
    private final Ledger ledger;

    Audit(Rest rest, String collection, Ledger ledger) {
        this.rest = rest;
        this.collection = collection;
        this.ledger = ledger;
    }

    private record Stored(long number, long seq) {}

    void verify() {
        Map<String, Stored> scrolled = scroll();
        verifyAcknowledged(scrolled);
        assertThat(post("count", "{}").path("count").asLong()).as("count").isEqualTo(scrolled.size());
        assertThat(hits("{\"k\": " + K + ", \"select\": [\"number\"]}", new ArrayList<>()))
                .as("a search of everything")
                .isEqualTo(scrolled);
        List<Double> distances = new ArrayList<>();
        String nearest = "{\"nearest\": {\"vector\": [0, 0, 0, 0, 0, 0, 0, 0], \"exact\": true}}";
        assertThat(hits("{\"k\": " + K + ", \"select\": [\"number\"], \"query\": " + nearest + "}", distances))
                .as("the nearest of everything")
                .isEqualTo(scrolled);
        assertThat(distances).isSorted();
    }

    private void verifyAcknowledged(Map<String, Stored> stored) {
        Map<String, Stored> expected = new HashMap<>();
        ledger.present().forEach((key, known) -> expected.put(key, new Stored(known.number(), known.seq())));
        Stored register = stored.get(Writer.REGISTER);
        int steps = ledger.registerSteps();
        if (steps > 0) {
            assertThat(register).as("the register").isNotNull();
            expected.put(
                    Writer.REGISTER,
                    new Stored(steps, Objects.requireNonNull(register).seq()));
        }
        assertThat(stored).isEqualTo(expected);
    }

    /** All records, page by page; fails where one comes twice or has another vector than its number says. */
    private Map<String, Stored> scroll() {
        Map<String, Stored> stored = new HashMap<>();
        String cursor = "";
        do {
            String from = cursor.isEmpty() ? "" : ", \"cursor\": \"" + cursor + "\"";
            JsonNode page = post("scroll", "{\"limit\": 97, \"select\": [\"*\", \"vector\"]" + from + "}");
            for (JsonNode record : page.path("records")) {
                String key = record.path("key").asString();
                long number = record.path("fields").path("number").asLong();
                assertThat(floats(record.path("fields").path("vector")))
                        .as("the vector of %s", key)
                        .containsExactly(Workload.vector(key, number));
                Stored twice =
                        stored.put(key, new Stored(number, record.path("seq").asLong()));
                assertThat(twice).as("%s comes twice", key).isNull();
            }
            cursor = page.path("next_cursor").asString();
        } while (!cursor.isEmpty());
        return stored;
    }

    private Map<String, Stored> hits(String request, List<Double> distances) {
        Map<String, Stored> stored = new HashMap<>();
        for (JsonNode hit : post("search", request).path("hits")) {
            String key = hit.path("key").asString();
            Stored twice = stored.put(
                    key,
                    new Stored(
                            hit.path("fields").path("number").asLong(),
                            hit.path("seq").asLong()));
            assertThat(twice).as("%s is a hit twice", key).isNull();
            distances.add(hit.path("distance").asDouble());
        }
        return stored;
    }

    private JsonNode post(String verb, String request) {
        // Once, and on a machine that may be busy with the start of processes.
        String patient = "{\"timeout\": \"50s\"" + (request.equals("{}") ? "" : ", ") + request.substring(1);
        Rest.Answer answer = rest.post("/v1/collections/" + collection + "/" + verb, patient);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json();
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).floatValue();
        }
        return floats;
    }
}
