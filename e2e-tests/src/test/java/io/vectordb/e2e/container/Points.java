package io.vectordb.e2e.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.RestClient;
import io.vectordb.e2e.RestClient.Answer;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** The collection that a {@link PointWriter} fills, and what has to hold for it. */
final class Points {

    private Points() {}

    static void create(RestClient rest, int shards) throws IOException {
        Answer created = rest.post("/v1/collections", """
                {"name": "points", "schema": {"kind": "document", "primary_key": ["id"], "fields": [
                    {"name": "id", "type": "keyword"}, {"name": "v", "type": "vector(4)"}]},
                 "settings": {"shards": %d}}""".formatted(shards));
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
    }

    /** Every acknowledged record is there as it was written, and beside them nothing but one batch at most. */
    static void assertHolds(RestClient rest, List<Integer> acknowledged) throws IOException {
        assertThat(count(rest, "points", "{}"))
                .isBetween(acknowledged.size() * PointWriter.BATCH, (acknowledged.size() + 1) * PointWriter.BATCH);
        for (int batch : acknowledged) {
            String keys = PointWriter.keys(batch).stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
            Answer answer = rest.post("/v1/collections/points/get", "{\"keys\": " + keys + "}");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.json().at("/results").valueStream())
                    .hasSize(PointWriter.BATCH)
                    .allSatisfy(result -> assertThat(
                                    result.at("/record/fields/batch").asInt(-1))
                            .isEqualTo(batch));
        }
    }

    static int count(RestClient rest, String collection, String request) throws IOException {
        Answer answer = rest.post("/v1/collections/" + collection + "/count", request);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().at("/count").asInt();
    }
}
