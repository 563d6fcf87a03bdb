package io.vectordb.cli.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.cli.rest.StubServer.Reply;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RestClientTest {

    private static final Retries ONCE = new Retries(Duration.ZERO, false);

    private static RestClient client(URI uri, Retries retries) {
        return new RestClient(uri, Optional.of("secret"), Duration.ofSeconds(10), retries, line -> {});
    }

    private static StubServer answering(Reply... replies) {
        Deque<Reply> queue = new ArrayDeque<>(List.of(replies));
        return new StubServer(call -> queue.size() > 1 ? queue.remove() : queue.element());
    }

    @Test
    void anOverloadedServerIsAskedAgainWithTheSameRequestId() {
        try (StubServer server = answering(Reply.of(503, "{}"), Reply.of(429, "{}"), Reply.of(200, "{\"a\": 1.10}"));
                RestClient client = client(server.uri(), Retries.SHORT)) {
            RestAnswer answer = client.change("POST", "/v1/collections", Optional.of(Json.object()));
            assertThat(answer.body()).isEqualTo("{\"a\": 1.10}");
            assertThat(server.calls()).hasSize(3);
            assertThat(server.calls().stream()
                            .map(StubServer.Call::idempotencyKey)
                            .distinct())
                    .singleElement()
                    .satisfies(id -> assertThat(UUID.fromString(id).version()).isEqualTo(7));
        }
    }

    @Test
    void aServerThatAsksForALongerWaitThanThereIsTimeIsNotAskedAgain() {
        try (StubServer server =
                        answering(new Reply(429, "{\"code\": \"OVERLOADED\", \"detail\": \"queue full\"}", "600"));
                RestClient client = client(server.uri(), Retries.SHORT)) {
            assertThatThrownBy(() -> client.get("/v1/info"))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OVERLOADED))
                    .hasMessage("queue full (OVERLOADED)");
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void otherFailuresAreNotRepeated() {
        try (StubServer server =
                        answering(Reply.of(404, "{\"code\": \"COLLECTION_NOT_FOUND\", \"detail\": \"no notes\"}"));
                RestClient client = client(server.uri(), Retries.PATIENT)) {
            assertThatThrownBy(() -> client.get("/v1/collections/notes")).hasMessage("no notes (COLLECTION_NOT_FOUND)");
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void aConnectionThatBreaksIsTriedAgainByThePatient() {
        try (StubServer server = answering(Reply.of(0, ""), Reply.of(200, "{}"));
                RestClient client = client(server.uri(), Retries.PATIENT)) {
            assertThat(client.bulk("/v1/collections/c/bulk-write", "{}\n").status())
                    .isEqualTo(200);
            assertThat(server.calls().get(0).idempotencyKey())
                    .isEqualTo(server.calls().get(1).idempotencyKey());
        }
    }

    @Test
    void aWriteWhoseConnectionBreaksHasAnUnknownOutcome() {
        try (StubServer server = answering(Reply.of(0, ""));
                RestClient client = client(server.uri(), ONCE)) {
            assertThatThrownBy(() -> client.change("DELETE", "/v1/collections/c", Optional.empty()))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TIMED_OUT))
                    .hasMessageContaining("whether it was done is unknown");
        }
    }

    @Test
    void nobodyListeningIsNoServer() {
        int port;
        try (StubServer server = answering(Reply.of(200, "{}"))) {
            port = server.port();
        }
        try (RestClient client = client(URI.create("http://127.0.0.1:" + port), ONCE)) {
            assertThatThrownBy(() -> client.get("/v1/info"))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_SERVER))
                    .hasMessageContaining("./vectordb up");
        }
    }

    @Test
    void pathsAreEncodedButForTheCommasOfKeys() {
        assertThat(RestClient.encode("a b/c#1,ü")).isEqualTo("a%20b%2Fc%231,%C3%BC");
    }
}
