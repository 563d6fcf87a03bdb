package io.vectordb.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** REST as anybody would speak it, without any class of ours. Thread-safe. */
public final class Rest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI base;

    public Rest(URI base) {
        this.base = base;
    }

    public int port() {
        return base.getPort();
    }

    /** An answer of any status. */
    public record Answer(int status, HttpResponse<String> response) {

        public String body() {
            return response.body();
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        /** The lines of an NDJSON answer. */
        public List<JsonNode> lines() {
            return response.body().lines().map(JSON::readTree).toList();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        @Override
        public String toString() {
            String text = response.body();
            return status + " " + (text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text);
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer post(String path, String json) {
        return send("POST", path, "application/json", BodyPublishers.ofString(json));
    }

    public Answer put(String path, String json) {
        return send("PUT", path, "application/json", BodyPublishers.ofString(json));
    }

    public Answer send(String method, String path, String contentType, BodyPublisher body) {
        return send(request(path).method(method, body).header("Content-Type", contentType));
    }

    /** A request to be completed and sent. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    }

    /** Sends it; a connection that breaks is an {@link UncheckedIOException}. */
    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
