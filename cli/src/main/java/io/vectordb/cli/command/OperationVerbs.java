package io.vectordb.cli.command;

import static io.vectordb.cli.command.AdminCommand.cell;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The verbs of {@code admin} about work that goes on in the cluster, and the one that begins most of it. */
final class OperationVerbs {

    private static final String OPERATIONS = "/v1/operations";

    private OperationVerbs() {}

    /** What goes on. */
    @Command(name = "operations", description = "List what goes on in the background, the newest first.")
    static final class Operations extends ServerCommand {

        private static final Duration TIME = Duration.ofSeconds(20);

        @Option(names = "--all", description = "Also what has ended.")
        private boolean all;

        Operations(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            try (RestClient client = client(TIME)) {
                RestAnswer answer = client.get(OPERATIONS + (all ? "" : "?active_only=true"));
                JsonNode operations = answer.json().path("operations");
                TextTable table = new TextTable(List.of("id", "kind", "of", "state", "phase", "bytes", "error"));
                for (JsonNode operation : operations) {
                    table.add(List.of(
                            cell(operation, "id"),
                            cell(operation, "kind"),
                            cell(operation, "target"),
                            cell(operation, "state"),
                            cell(operation.path("progress"), "phase"),
                            bytes(operation.path("progress")),
                            cell(operation.path("error"), "message")));
                }
                new Results(cli()).list(answer, operations, table);
            }
            return ExitCode.DONE.number();
        }

        private static String bytes(JsonNode progress) {
            return progress.path("bytes_total").asLong(0) == 0
                    ? ""
                    : cell(progress, "bytes_done") + " of " + cell(progress, "bytes_total");
        }
    }

    /** Pauses one, lets it go on, or cancels it. */
    @Command(name = "operation", description = "Pause, resume or cancel an operation; it follows at its next step.")
    static final class Control extends ServerCommand {

        private static final Duration TIME = Duration.ofSeconds(20);

        /** What may be asked. */
        enum Verb {
            PAUSE,
            RESUME,
            CANCEL;

            String path() {
                return switch (this) {
                    case PAUSE -> "/pause";
                    case RESUME -> "/resume";
                    case CANCEL -> "/cancel";
                };
            }
        }

        @Parameters(index = "0", paramLabel = "ID")
        private String id = "";

        @Parameters(index = "1", paramLabel = "pause|resume|cancel")
        private Verb verb = Verb.PAUSE;

        Control(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            try (RestClient client = client(TIME)) {
                RestAnswer answer = client.change(
                        "POST", OPERATIONS + "/" + RestClient.encode(id) + verb.path(), Optional.of(request(TIME)));
                show(
                        answer,
                        () -> List.of(cell(answer.json(), "id") + " is "
                                + Json.cell(answer.json().path("state"))));
            }
            return ExitCode.DONE.number();
        }
    }

    /** Moves, adds or takes away a replica. */
    @Command(
            name = "move-replica",
            description =
                    "Move a shard's replica from one node to another; without --from add one, without --to take one"
                            + " away. Waits for the end; when interrupted, the move goes on.")
    static final class MoveReplica extends ServerCommand {

        @Parameters(paramLabel = "SHARD")
        private String shard = "";

        @Option(names = "--from", paramLabel = "NODE", description = "The node whose replica goes.")
        private String from = "";

        @Option(names = "--to", paramLabel = "NODE", description = "The node that gets one.")
        private String to = "";

        MoveReplica(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object();
            if (!from.isEmpty()) {
                request.put("from_node", from);
            }
            if (!to.isEmpty()) {
                request.put("to_node", to);
            }
            RestAnswer end = await(
                    "POST", AdminCommand.SHARDS + RestClient.encode(shard) + "/move-replica", Optional.of(request));
            show(end, () -> List.of(cell(end.json(), "kind") + " of " + cell(end.json(), "target") + ": done"));
            return ExitCode.DONE.number();
        }
    }
}
