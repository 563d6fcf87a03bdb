package io.vectordb.cli.command;

import static io.vectordb.cli.command.AdminCommand.cell;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The verbs of {@code admin} about what is on which node. */
final class PlacementVerbs {

    private static final Duration TIME = Duration.ofSeconds(20);
    private static final String NODES = "/v1/nodes/";

    private PlacementVerbs() {}

    /** Evens the cluster out, or tells what that would take. */
    @Command(
            name = "rebalance",
            description =
                    "Move replicas, indexes and leaders to where they belong, and wait for the end; the cluster does so by"
                            + " itself unless the setting rebalance.mode says otherwise.")
    static final class Rebalance extends ServerCommand {

        @Option(names = "--dry-run", description = "Only show what would be moved, and why.")
        private boolean dryRun;

        @Option(names = "--collection", paramLabel = "NAME", description = "Only shards of this one.")
        private String collection = "";

        Rebalance(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = request(TIME).put("dry_run", dryRun);
            if (!collection.isEmpty()) {
                request.put("collection", collection);
            }
            try (RestClient client = client(TIME)) {
                RestAnswer plan = client.change("POST", "/v1/rebalance", Optional.of(request));
                if (dryRun) {
                    show(plan, () -> lines(plan.json()));
                    return ExitCode.DONE.number();
                }
                lines(plan.json()).forEach(cli()::say);
                RestAnswer end = OperationWait.until(
                        cli(),
                        client,
                        client.get("/v1/operations/" + cell(plan.json().path("operation"), "id")));
                show(end, () -> List.of("rebalance: done"));
            }
            return ExitCode.DONE.number();
        }

        private List<String> lines(JsonNode plan) {
            TextTable table = new TextTable(List.of("kind", "shard", "from", "to", "bytes", "cause", "reason"));
            for (JsonNode move : plan.path("moves")) {
                table.add(List.of(
                        cell(move, "kind"),
                        cell(move, "shard"),
                        cell(move, "from_node"),
                        cell(move, "to_node"),
                        cell(move, "bytes"),
                        cell(move, "cause"),
                        cell(move, "reason")));
            }
            List<String> lines = new ArrayList<>();
            if (plan.path("moves").isEmpty()) {
                lines.add("nothing to move");
            } else {
                lines.addAll(table.lines(cli().console()));
            }
            plan.path("obstacles").forEach(obstacle -> lines.add("cannot: " + Json.cell(obstacle)));
            return lines;
        }
    }

    /** Empties a node. */
    @Command(
            name = "drain",
            description = "Empty a storage or index node, and wait for the end; it stays empty until it is undrained.")
    static final class Drain extends ServerCommand {

        @Parameters(paramLabel = "NODE")
        private String node = "";

        Drain(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            RestAnswer end = await("POST", NODES + RestClient.encode(node) + "/drain", Optional.of(Json.object()));
            show(end, () -> List.of("node " + node + " is empty"));
            return ExitCode.DONE.number();
        }
    }

    /** Lets a node have something again. */
    @Command(name = "undrain", description = "Let a node that was drained, or is being drained, take replicas again.")
    static final class Undrain extends ServerCommand {

        @Parameters(paramLabel = "NODE")
        private String node = "";

        Undrain(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            try (RestClient client = client(TIME)) {
                RestAnswer answer =
                        client.change("POST", NODES + RestClient.encode(node) + "/undrain", Optional.of(request(TIME)));
                show(answer, () -> List.of("node " + node + " is " + cell(answer.json(), "state")));
            }
            return ExitCode.DONE.number();
        }
    }

    /** Lets a node go for good. */
    @Command(
            name = "decommission",
            description = "Empty a node and let it go for good: its id cannot come back. Waits for the end.")
    static final class Decommission extends ServerCommand {

        @Parameters(paramLabel = "NODE")
        private String node = "";

        Decommission(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            RestAnswer end =
                    await("POST", NODES + RestClient.encode(node) + "/decommission", Optional.of(Json.object()));
            show(end, () -> List.of("node " + node + " is decommissioned: it can be stopped"));
            return ExitCode.DONE.number();
        }
    }
}
