package io.vectordb.cli.rest;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An answer that is no success: {@code application/problem+json}, or whatever else stands in its place, such as the page
 * of a proxy.
 *
 * @param code the stable name, empty when the answer has none
 * @param details lines for people: the text and a caret, hints, further violations
 */
public record Problem(int status, String code, String detail, Optional<String> traceId, List<String> details) {

    private static final int MAX_DETAIL = 500;

    public Problem {
        details = List.copyOf(details);
    }

    /** Reads the body of an answer of this status. */
    public static Problem read(int status, String body) {
        JsonNode json;
        try {
            json = Json.parse(body);
        } catch (JacksonException e) {
            json = Json.object();
        }
        String title = json.path("title").asString("the server answered " + status);
        return new Problem(
                status,
                json.path("code").asString(""),
                json.path("detail").asString(title),
                Optional.of(json.path("trace_id").asString("")).filter(id -> !id.isEmpty()),
                details(json.path("errors")));
    }

    private static List<String> details(JsonNode errors) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < errors.size(); i++) {
            JsonNode error = errors.get(i);
            if (i > 0) {
                String where =
                        error.path("pointer").asString(error.path("parameter").asString(""));
                lines.add(where
                        + (where.isEmpty() ? "" : ": ")
                        + error.path("detail").asString(error.path("code").asString("")));
            }
            error.path("context").asString("").lines().forEach(line -> lines.add("  " + line));
            String hint = error.path("hint").asString("");
            if (!hint.isEmpty()) {
                lines.add("hint: " + hint);
            }
        }
        return lines;
    }

    /** As the end of the program. */
    public CliException toException() {
        ExitCode exit = ExitCode.ofStatus(status);
        String cut = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "…";
        List<String> lines = new ArrayList<>(details);
        if (exit == ExitCode.INTERNAL) {
            traceId.ifPresent(id -> lines.add("trace id: " + id));
        }
        return new CliException(exit, cut.replaceAll("\\s+", " ") + (code.isEmpty() ? "" : " (" + code + ")"), lines);
    }
}
