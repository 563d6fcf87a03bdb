package io.vectordb.cli.rest;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Calls one server: adds request ids to changes, repeats what {@link Retries} allows, and turns everything that is no
 * success into a {@link CliException} with its exit code.
 *
 * <p>Thread-safe; blocks the calling thread.
 */
public final class RestClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** For the audit log of the server, which notes the address beside it. */
    private static final String ACTOR = System.getProperty("user.name", "").replaceAll("[^\\x21-\\x7e]+", "");

    private final URI base;
    private final Optional<String> key;
    private final Duration timeout;
    private final Retries retries;
    private final Consumer<String> trace;
    private final HttpClient http;

    /**
     * @param base of the server, such as {@code http://127.0.0.1:8080}
     * @param key sent as bearer token
     * @param timeout of one attempt
     * @param trace gets a line for every attempt
     */
    public RestClient(URI base, Optional<String> key, Duration timeout, Retries retries, Consumer<String> trace) {
        this.base = base;
        this.key = key;
        this.timeout = timeout;
        this.retries = retries;
        this.trace = trace;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    public URI base() {
        return base;
    }

    public RestAnswer get(String path) {
        return send(request("GET", path, Optional.empty()));
    }

    /** A call that reads, or one whose changes are safe to repeat: without a request id. */
    public RestAnswer post(String path, JsonNode body) {
        return send(request("POST", path, Optional.of(body)));
    }

    /** A call that changes something: repeated attempts carry one request id. */
    public RestAnswer change(String method, String path, Optional<JsonNode> body) {
        return send(request(method, path, body).setHeader("Idempotency-Key", RequestIds.next()));
    }

    /** A body of lines, each a record or an operation; the answer has a line for each and a summary. */
    public RestAnswer bulk(String path, String lines) {
        HttpRequest.Builder request = begin(path)
                .setHeader("Content-Type", "application/x-ndjson")
                .setHeader("Accept", "application/x-ndjson")
                .setHeader("Idempotency-Key", RequestIds.next())
                .POST(BodyPublishers.ofString(lines));
        return send(request);
    }

    /** A part of a path or a query, percent-encoded; commas stay, as they separate the parts of a key. */
    public static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2C", ",");
    }

    private HttpRequest.Builder request(String method, String path, Optional<JsonNode> body) {
        HttpRequest.Builder request = begin(path).setHeader("Accept", "application/json");
        body.ifPresent(json -> request.setHeader("Content-Type", "application/json"));
        return request.method(
                method,
                body.map(json -> BodyPublishers.ofByteArray(Json.bytes(json))).orElseGet(BodyPublishers::noBody));
    }

    private HttpRequest.Builder begin(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(timeout);
        if (!ACTOR.isEmpty()) {
            request.setHeader("VectorDB-Actor", ACTOR);
        }
        key.ifPresent(secret -> request.setHeader("Authorization", "Bearer " + secret));
        return request;
    }

    private RestAnswer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        long end = System.nanoTime() + retries.budget().toNanos();
        for (int attempt = 1; ; attempt++) {
            long began = System.nanoTime();
            long retryAfter = 0;
            CliException failure;
            try {
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
                trace.accept(request.method() + " " + request.uri() + " -> " + response.statusCode() + " in "
                        + (System.nanoTime() - began) / 1_000_000 + " ms");
                if (response.statusCode() < 300) {
                    return new RestAnswer(response.statusCode(), response.body());
                }
                failure = Problem.read(response.statusCode(), response.body()).toException();
                if (response.statusCode() != 429 && response.statusCode() != 503) {
                    throw failure;
                }
                retryAfter = retryAfterMillis(response);
            } catch (IOException e) {
                trace.accept(request.method() + " " + request.uri() + " -> " + e);
                failure = unreachable(request, e);
                if (!retries.connections()) {
                    throw failure;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliException(ExitCode.INTERRUPTED, "interrupted");
            }
            pause(retries.waitMillis(attempt, retryAfter), end, failure);
        }
    }

    /** Waits before the next attempt, or fails when that lies beyond the budget. */
    private static void pause(long millis, long endNanos, CliException failure) {
        if (System.nanoTime() + millis * 1_000_000 > endNanos) {
            throw failure;
        }
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private static long retryAfterMillis(HttpResponse<?> response) {
        try {
            return response.headers().firstValueAsLong("Retry-After").orElse(0) * 1000;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private CliException unreachable(HttpRequest request, IOException e) {
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return new CliException(
                    ExitCode.NO_SERVER,
                    "no server answers at " + base + "; start one with ./vectordb up, or name it with --url");
        }
        boolean reads = request.headers().firstValue("Idempotency-Key").isEmpty();
        String outcome = reads ? "" : "; whether it was done is unknown, repeating it is safe";
        if (e instanceof HttpTimeoutException) {
            return new CliException(
                    ExitCode.TIMED_OUT, "no answer from " + base + " within " + timeout.toMillis() + " ms" + outcome);
        }
        return new CliException(
                reads ? ExitCode.NO_SERVER : ExitCode.TIMED_OUT,
                "the connection to " + base + " broke: " + e.getMessage() + outcome);
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
