package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class KeepAliveTest extends RunningGateway {

    private static final int ROUNDS = 2_000;

    /** The one answer comes from another thread, the other could be given at once. */
    @Test
    void aConnectionGoesOnThroughAnswersOfEveryKind() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(status(client, "/v1/info")).isEqualTo(200);
                assertThat(status(client, "/v1/nowhere")).isEqualTo(404);
            }
        }
    }

    private static int status(HttpClient client, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort() + path))
                .timeout(LIMIT)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
