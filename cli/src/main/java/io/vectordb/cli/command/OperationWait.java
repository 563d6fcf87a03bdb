package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.ProgressLine;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Waits for work that goes on in the server after the call that started it. */
final class OperationWait {

    private static final String PATH = "/v1/operations/";
    private static final String ANSWER_WITHIN = "?wait=true&timeout=2s";

    private OperationWait() {}

    /** The answer that tells of its success; its failure is thrown. */
    static RestAnswer until(Cli cli, RestClient client, RestAnswer started) {
        RestAnswer answer = started;
        try (ProgressLine line = new ProgressLine(cli.console(), cli.quiet())) {
            while (!isOver(answer.json())) {
                answer = client.get(
                        PATH + RestClient.encode(answer.json().path("id").asString("")) + ANSWER_WITHIN);
                line.show(text(answer.json(), line));
            }
        }
        JsonNode operation = answer.json();
        return switch (state(operation)) {
            case "SUCCEEDED" -> answer;
            case "CANCELLED" -> throw new CliException(ExitCode.INTERRUPTED, "it was cancelled");
            default -> throw failure(operation.path("error"));
        };
    }

    private static String state(JsonNode operation) {
        return operation.path("state").asString("").toUpperCase(Locale.ROOT);
    }

    private static boolean isOver(JsonNode operation) {
        return switch (state(operation)) {
            case "SUCCEEDED", "FAILED", "CANCELLED" -> true;
            default -> false;
        };
    }

    private static String text(JsonNode operation, ProgressLine line) {
        JsonNode progress = operation.path("progress");
        long done = progress.path("done").asLong(0);
        long total = progress.path("total").asLong(0);
        String bar = total == 0 ? "" : line.bar(Math.min(done, total), total) + " ";
        return bar + progress.path("phase").asString("waiting") + " " + done + (total == 0 ? "" : " of " + total) + " "
                + progress.path("unit").asString("");
    }

    private static CliException failure(JsonNode error) {
        String code = error.path("code").asString("INTERNAL");
        ExitCode exit = switch (code) {
            case "BACKUP_NOT_FOUND", "COLLECTION_NOT_FOUND", "SHARD_NOT_FOUND", "NODE_NOT_FOUND" -> ExitCode.NOT_FOUND;
            case "INVALID_VALUE", "LIMIT_EXCEEDED" -> ExitCode.REFUSED;
            case "COLLECTION_EXISTS", "OPERATION_CONFLICT" -> ExitCode.CONFLICT;
            case "SHARD_UNAVAILABLE", "STARTING" -> ExitCode.NO_SERVER;
            case "DISK_FULL", "OVERLOADED" -> ExitCode.OVERLOADED;
            case "FEATURE_NOT_AVAILABLE" -> ExitCode.USAGE;
            default -> ExitCode.INTERNAL;
        };
        return new CliException(exit, Json.cell(error.path("message")) + " (" + code + ")");
    }
}
