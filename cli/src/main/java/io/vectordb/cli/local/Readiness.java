package io.vectordb.cli.local;

import io.vectordb.cli.rest.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the readiness probe of one process answers.
 *
 * @param detail why it is not ready, in words for people
 */
public record Readiness(boolean ready, String detail) {

    /** Of a process that there is not. */
    static final Readiness NOT_RUNNING = new Readiness(false, "not running");

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Readiness STARTING = new Readiness(false, "starting");

    /** Asks the probe of the process whose HTTP port this is. */
    public static Readiness of(HttpClient http, int port) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(TIMEOUT)
                .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            return read(response.statusCode(), response.body());
        } catch (IOException e) {
            return STARTING;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return STARTING;
        }
    }

    static Readiness read(int status, String body) {
        if (status == 200) {
            return new Readiness(true, "ready");
        }
        JsonNode health;
        try {
            health = Json.parse(body);
        } catch (JacksonException e) {
            return STARTING;
        }
        List<String> reasons = new ArrayList<>();
        health.path("components").path("service").path("details").properties().forEach(detail -> {
            String text = Json.cell(detail.getValue());
            if (!text.equals("ready")) {
                reasons.add(text);
            }
        });
        return new Readiness(false, reasons.isEmpty() ? "starting" : String.join("; ", reasons));
    }
}
