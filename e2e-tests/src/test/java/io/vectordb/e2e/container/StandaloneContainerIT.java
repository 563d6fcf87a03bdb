package io.vectordb.e2e.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.RestClient;
import io.vectordb.e2e.RestClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.junit.jupiter.Testcontainers;
import tools.jackson.databind.JsonNode;

/** One container with everything in it, through the public API. */
@Testcontainers(disabledWithoutDocker = true)
class StandaloneContainerIT {

    private static final int ACKNOWLEDGED_BEFORE_KILL = 25;
    private static final String SEARCH = """
            {"query": {"nearest": {"text": "shortage of semiconductors"}}, "filter": "year >= $1", "params": [2024],
             "k": 2, "select": ["text"]}""";
    private static final String COUNT = "{\"filter\": \"year BETWEEN 2023 AND 2024 AND NOT prefix(id, 'n3')\"}";

    private final String volume = "vectordb-e2e-" + UUID.randomUUID();

    @BeforeEach
    void createVolume() {
        DockerClientFactory.lazyClient().createVolumeCmd().withName(volume).exec();
    }

    @AfterEach
    void removeVolume() {
        DockerClientFactory.lazyClient().removeVolumeCmd(volume).exec();
    }

    @Test
    void whatWasAcknowledgedOutlivesAKilledContainer() throws IOException, InterruptedException {
        ImageFromDockerfile image = StandaloneContainer.image();
        List<JsonNode> hits;
        List<Integer> acknowledged;
        try (StandaloneContainer first = new StandaloneContainer(image, volume)) {
            first.start();
            try (RestClient rest = first.rest()) {
                createNotes(rest);
                hits = search(rest);
                acknowledged = writeUntilKilled(first, rest);
            }
        }
        try (StandaloneContainer second = new StandaloneContainer(image, volume)) {
            second.start();
            try (RestClient rest = second.rest()) {
                assertThat(search(rest)).isEqualTo(hits);
                assertThat(Points.count(rest, "notes", COUNT)).isEqualTo(2);
                Points.assertHolds(rest, acknowledged);
            }
        }
    }

    /** The first five minutes of a user. */
    private static void createNotes(RestClient rest) throws IOException {
        Answer created = rest.post("/v1/collections", """
                {"name": "notes", "schema": {"kind": "document", "primary_key": ["id"], "fields": [
                    {"name": "id", "type": "keyword"},
                    {"name": "text", "type": "text",
                     "text": {"embed": {"into": "text_vec", "model": "all-minilm-l6-v2"}}}]}}""");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        Answer put = rest.put(
                "/v1/collections/notes/records/n1",
                "{\"text\": \"Chip supply was constrained in the first half.\", \"year\": 2024}");
        assertThat(put.status()).as(put.toString()).isEqualTo(201);
        Answer bulk = rest.postLines(
                "/v1/collections/notes/bulk-write",
                List.of(
                        "{\"id\": \"n2\", \"text\": \"Revenue grew on services.\", \"year\": 2024}",
                        "{\"id\": \"n3\", \"text\": \"A court dismissed the claim.\", \"year\": 2023}"));
        assertThat(bulk.status()).as(bulk.toString()).isEqualTo(200);
        assertThat(bulk.lines()).hasSize(3);
        assertThat(bulk.lines().getLast().at("/summary/succeeded").asInt()).isEqualTo(2);
        assertThat(Points.count(rest, "notes", COUNT)).isEqualTo(2);
    }

    private static List<JsonNode> search(RestClient rest) throws IOException {
        Answer answer = rest.post("/v1/collections/notes/search", SEARCH);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        List<JsonNode> hits = new ArrayList<>();
        answer.json().at("/hits").forEach(hits::add);
        assertThat(hits).extracting(hit -> hit.at("/key").asString()).containsExactly("n1", "n2");
        return hits;
    }

    /** Kills the container while a writer is busy; returns what the writer was told to be written. */
    private static List<Integer> writeUntilKilled(StandaloneContainer container, RestClient rest)
            throws IOException, InterruptedException {
        Points.create(rest, 1);
        PointWriter writer = PointWriter.start(rest);
        assertThat(writer.awaitMore(ACKNOWLEDGED_BEFORE_KILL, 60))
                .as("batches acknowledged; %s", writer.surprises())
                .isTrue();
        container.kill();
        List<Integer> acknowledged = writer.finish();
        assertThat(writer.surprises()).isEmpty();
        assertThat(writer.repetitions()).isZero();
        return acknowledged;
    }
}
