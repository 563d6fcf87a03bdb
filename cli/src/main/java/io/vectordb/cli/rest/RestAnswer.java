package io.vectordb.cli.rest;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An answer with a status of success, and its body as it came. */
public record RestAnswer(int status, String body) {

    /** The body as one JSON value. */
    public JsonNode json() {
        try {
            return Json.parse(body);
        } catch (JacksonException e) {
            throw new CliException(ExitCode.INTERNAL, "the server's answer is not JSON: " + Json.reason(e));
        }
    }
}
