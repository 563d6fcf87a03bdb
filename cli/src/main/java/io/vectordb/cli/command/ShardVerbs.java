package io.vectordb.cli.command;

import static io.vectordb.cli.command.AdminCommand.cell;
import static io.vectordb.cli.command.AdminCommand.known;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
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

/** The verbs of {@code admin} that look after the replicas of one shard. */
final class ShardVerbs {

    private ShardVerbs() {}

    /** Who leads. */
    @Command(name = "transfer-leader", description = "Let the replica on another node lead a shard.")
    static final class TransferLeader extends ServerCommand {

        private static final Duration TIME = Duration.ofSeconds(20);

        @Parameters(index = "0", paramLabel = "SHARD")
        private String shard = "";

        @Parameters(index = "1", paramLabel = "NODE")
        private String node = "";

        @Option(names = "--dry-run", description = "Only tell whether it could be done.")
        private boolean dryRun;

        TransferLeader(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = request(TIME).put("to_node", node);
            if (dryRun) {
                request.put("dry_run", true);
            }
            try (RestClient client = client(TIME)) {
                RestAnswer answer = client.change(
                        "POST",
                        AdminCommand.SHARDS + RestClient.encode(shard) + "/transfer-leader",
                        Optional.of(request));
                show(
                        answer,
                        () -> List.of(cell(answer.json(), "id") + " is led by " + cell(answer.json(), "leader")
                                + (dryRun ? "; " + node + " could lead it" : "")));
            }
            return ExitCode.DONE.number();
        }
    }

    /** A verb about the replicas of one shard, all or one of them. */
    abstract static class OnReplicas extends ServerCommand {

        @Parameters(paramLabel = "SHARD")
        private String shard = "";

        @Option(names = "--node", paramLabel = "NODE", description = "The replica on this node only.")
        private String node = "";

        OnReplicas(Cli cli) {
            super(cli);
        }

        final String path(String verb) {
            return AdminCommand.SHARDS + RestClient.encode(shard) + "/" + verb;
        }

        final ObjectNode request() {
            ObjectNode request = Json.object();
            if (!node.isEmpty()) {
                request.put("node", node);
            }
            return request;
        }
    }

    /** Makes states durable. */
    @Command(
            name = "snapshot",
            description =
                    "Make the state of a shard's replicas durable and cut their logs; exit code 6 when one could not.")
    static final class Snapshot extends OnReplicas {

        private static final Duration TIME = Duration.ofSeconds(60);

        Snapshot(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = request();
            request.setAll(request(TIME));
            JsonNode replicas;
            try (RestClient client = client(TIME)) {
                RestAnswer answer = client.change("POST", path("snapshot"), Optional.of(request));
                replicas = answer.json().path("replicas");
                TextTable table = new TextTable(List.of("node", "durable up to", "error"));
                for (JsonNode replica : replicas) {
                    table.add(List.of(
                            cell(replica, "node"),
                            known(replica, "applied_index"),
                            cell(replica.path("error"), "message")));
                }
                new Results(cli()).list(answer, replicas, table);
            }
            for (JsonNode replica : replicas) {
                if (replica.has("error")) {
                    return ExitCode.REFUSED.number();
                }
            }
            return ExitCode.DONE.number();
        }
    }

    /** Rewrites tables. */
    @Command(name = "compact", description = "Rewrite the tables of a shard's replicas without what was deleted.")
    static final class Compact extends OnReplicas {

        Compact(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            RestAnswer end = await("POST", path("compact"), Optional.of(request()));
            show(
                    end,
                    () -> end.json().path("result").properties().stream()
                            .map(each -> each.getKey() + ": " + Json.cell(each.getValue()))
                            .toList());
            return ExitCode.DONE.number();
        }
    }

    /** Compares replicas. */
    @Command(
            name = "verify",
            description =
                    "Compare the replicas of a shard at one log index; exit code 1 when they differ, 3 when one is silent.")
    static final class Verify extends ServerCommand {

        @Parameters(paramLabel = "SHARD")
        private String shard = "";

        Verify(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            RestAnswer end = await(
                    "POST", AdminCommand.SHARDS + RestClient.encode(shard) + "/verify", Optional.of(Json.object()));
            JsonNode result = end.json().path("result");
            show(end, () -> table(result).lines(cli().console()));
            if (!result.path("differing").isEmpty()) {
                throw new CliException(
                        ExitCode.INTERNAL,
                        "the replicas on " + Json.cell(result.path("differing")) + " differ from the leader's"
                                + " (SEGMENT_CORRUPT)");
            }
            if (!result.path("unanswered").isEmpty()) {
                throw new CliException(
                        ExitCode.NO_SERVER, "not compared: the replicas on " + Json.cell(result.path("unanswered")));
            }
            return ExitCode.DONE.number();
        }

        private static TextTable table(JsonNode result) {
            TextTable table = new TextTable(List.of("node", "as of " + cell(result, "log_index")));
            result.path("replicas")
                    .properties()
                    .forEach(each -> table.add(List.of(each.getKey(), Json.cell(each.getValue()))));
            return table;
        }
    }
}
