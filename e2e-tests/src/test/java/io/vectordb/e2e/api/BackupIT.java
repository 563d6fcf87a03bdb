package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.Rest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A collection is lost and comes back from its backup, through the public API alone. */
@ExtendWith(SharedServer.class)
class BackupIT {

    private static final int RECORDS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aDeletedCollectionComesBackWithAllItHadAtTheBackupAndNothingLater(Rest rest) {
        create(rest);
        write(
                rest,
                IntStream.range(0, RECORDS).mapToObj(i -> record(i, "first")).toList());
        String oldest = backUp(rest);
        write(rest, IntStream.range(0, 10).mapToObj(i -> record(i, "second")).toList());
        String newest = backUp(rest);
        assertThat(backups(rest)).containsExactlyInAnyOrder(oldest, newest);

        assertThat(rest.delete("/v1/collections/ledger").status()).isEqualTo(200);
        succeeded(rest, rest.post("/v1/backups/" + newest + "/restore", "{}"));
        assertThat(values(rest, "ledger", 0, 10)).containsOnly("second");
        assertThat(values(rest, "ledger", 10, RECORDS)).containsOnly("first");

        succeeded(rest, rest.post("/v1/backups/" + oldest + "/restore", "{\"into\":\"ledger_before\"}"));
        assertThat(values(rest, "ledger_before", 0, RECORDS)).containsOnly("first");
        search(rest, "ledger_before");

        // Each backup is whole by itself: the one that the other built upon may go.
        succeeded(rest, rest.delete("/v1/backups/" + oldest));
        succeeded(rest, rest.post("/v1/backups/" + newest + "/verify", "{}"));
        assertThat(backups(rest)).containsExactly(newest);
    }

    private static void create(Rest rest) {
        Rest.Answer made = rest.post(
                "/v1/collections",
                "{\"name\":\"ledger\",\"schema\":{\"kind\":\"document\",\"primary_key\":[\"id\"],\"fields\":["
                        + "{\"name\":\"id\",\"type\":\"keyword\"},{\"name\":\"v\",\"type\":\"keyword\"},"
                        + "{\"name\":\"at\",\"type\":\"vector(2)\"}]},\"settings\":{\"shards\":2}}");
        assertThat(made.status()).as("%s", made).isEqualTo(201);
    }

    private static String record(int number, String value) {
        return "{\"id\":\"r" + number + "\",\"v\":\"" + value + "\",\"at\":[" + (number + 1) + ",1]}";
    }

    private static void write(Rest rest, List<String> lines) {
        Rest.Answer answer = rest.send(rest.request("/v1/collections/ledger/bulk-write")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(String.join("\n", lines) + "\n")));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private static String backUp(Rest rest) {
        return succeeded(rest, rest.post("/v1/backups", "{\"collection\":\"ledger\"}"))
                .at("/result/backup")
                .asString();
    }

    /** Waits until an operation has ended well. */
    private static JsonNode succeeded(Rest rest, Rest.Answer started) {
        assertThat(started.status()).as("%s", started).isLessThan(300);
        String id = started.json().path("id").asString();
        JsonNode ended = Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> rest.get("/v1/operations/" + id + "?wait=true").json(),
                        operation -> !List.of("queued", "running")
                                .contains(operation.path("state").asString()));
        assertThat(ended.path("state").asString()).as("%s", ended).isEqualTo("succeeded");
        return ended;
    }

    private static List<String> backups(Rest rest) {
        JsonNode listed = rest.get("/v1/backups?collection=ledger").json();
        return StreamSupport.stream(listed.path("backups").spliterator(), false)
                .map(backup -> backup.path("id").asString())
                .toList();
    }

    private static List<String> values(Rest rest, String collection, int from, int to) {
        String keys = IntStream.range(from, to).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(","));
        Rest.Answer answer = rest.post("/v1/collections/" + collection + "/get", "{\"keys\":[" + keys + "]}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return StreamSupport.stream(answer.json().path("results").spliterator(), false)
                .map(result -> result.at("/record/fields/v").asString())
                .toList();
    }

    /** The index follows the restored records. */
    private static void search(Rest rest, String collection) {
        Rest.Answer found = Awaitility.await()
                .atMost(PATIENCE)
                .until(
                        () -> rest.post(
                                "/v1/collections/" + collection + "/search",
                                "{\"query\":{\"nearest\":{\"vector\":[1,1]}},\"k\":1}"),
                        answer -> answer.status() == 200);
        assertThat(found.json().at("/hits/0/key").asString()).isEqualTo("r0");
    }
}
