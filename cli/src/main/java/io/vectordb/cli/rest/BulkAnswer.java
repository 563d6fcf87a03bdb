package io.vectordb.cli.rest;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a bulk write answered.
 *
 * @param lines how many lines the server read
 * @param failures those it refused, in order
 */
public record BulkAnswer(long lines, long succeeded, List<Failure> failures) {

    /**
     * One refused line.
     *
     * @param line from 1
     */
    public record Failure(long line, String code, String message) {}

    public BulkAnswer {
        failures = List.copyOf(failures);
    }

    /** Reads the lines of an answer; one without summary was cut, and its outcome is unknown. */
    public static BulkAnswer read(RestAnswer answer) {
        List<Failure> failures = new ArrayList<>();
        for (String line : answer.body().lines().filter(each -> !each.isBlank()).toList()) {
            JsonNode json = parse(line);
            JsonNode summary = json.path("summary");
            if (!summary.isMissingNode()) {
                return new BulkAnswer(
                        summary.path("lines").asLong(),
                        summary.path("succeeded").asLong(),
                        failures);
            }
            JsonNode error = json.path("error");
            if (error.isMissingNode()) {
                continue;
            }
            if (json.path("line").isMissingNode()) {
                throw Problem.read(error.path("status").asInt(500), Json.write(error))
                        .toException();
            }
            failures.add(new Failure(
                    json.path("line").asLong(),
                    error.path("code").asString("INTERNAL"),
                    error.path("message").asString("")));
        }
        throw cut();
    }

    private static JsonNode parse(String line) {
        try {
            return Json.parse(line);
        } catch (JacksonException e) {
            throw cut();
        }
    }

    private static CliException cut() {
        return new CliException(
                ExitCode.TIMED_OUT, "the answer to a bulk write was cut; its outcome is unknown, repeating it is safe");
    }
}
