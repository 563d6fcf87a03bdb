package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators see of a running cluster, and what they do to its shards. */
@Command(
        name = "admin",
        description = "See how a cluster is, and look after its shards.",
        synopsisSubcommandLabel = "VERB")
final class AdminCommand {

    /** Of releases to come. */
    private static final List<String> LATER = List.of("split", "merge", "keys");

    static final String SHARDS = "/v1/shards/";

    private AdminCommand() {}

    static CommandLine commandLine(Cli cli) {
        CommandLine admin = new CommandLine(new AdminCommand())
                .addSubcommand(new Status(cli))
                .addSubcommand(new Nodes(cli))
                .addSubcommand(new Disks(cli))
                .addSubcommand(new ShardList(cli))
                .addSubcommand(new IndexCommand(cli))
                .addSubcommand(new ShardVerbs.TransferLeader(cli))
                .addSubcommand(new ShardVerbs.Snapshot(cli))
                .addSubcommand(new ShardVerbs.Compact(cli))
                .addSubcommand(new ShardVerbs.Verify(cli))
                .addSubcommand(new OperationVerbs.MoveReplica(cli))
                .addSubcommand(new PlacementVerbs.Rebalance(cli))
                .addSubcommand(new PlacementVerbs.Drain(cli))
                .addSubcommand(new PlacementVerbs.Undrain(cli))
                .addSubcommand(new PlacementVerbs.Decommission(cli))
                .addSubcommand(new OperationVerbs.Operations(cli))
                .addSubcommand(new OperationVerbs.Control(cli))
                .addSubcommand(new FormatDisk(cli))
                .addSubcommand(new SettingsCommand(cli))
                .addSubcommand(new UnsafeRecoverCommand(cli))
                .addSubcommand(new Audit(cli));
        LATER.forEach(verb -> admin.addSubcommand(verb, new LaterCommand("admin " + verb)));
        return admin;
    }

    static String cell(JsonNode item, String member) {
        return Json.cell(item.path(member));
    }

    /** Empty where it is not known. */
    static String known(JsonNode item, String member) {
        return item.path(member).asLong(-1) < 0 ? "" : cell(item, member);
    }

    /** How all of it is. */
    @Command(
            name = "status",
            description = "Tell how the cluster is, and why; exit code 3 when a shard is unavailable.")
    static final class Status extends ServerCommand {

        Status(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            RestAnswer answer;
            try (RestClient client = cli().client(Retries.SHORT)) {
                answer = client.get("/v1/cluster");
            }
            JsonNode cluster = answer.json();
            show(answer, () -> lines(cluster));
            ExitCode exit = cell(cluster, "health").equals("unavailable") ? ExitCode.NO_SERVER : ExitCode.DONE;
            return exit.number();
        }

        private static List<String> lines(JsonNode cluster) {
            List<String> lines = new ArrayList<>();
            lines.add("cluster " + cell(cluster, "cluster_id") + ": " + cell(cluster, "health") + "; "
                    + cell(cluster, "nodes") + " nodes, " + cell(cluster, "shards") + " shards, "
                    + cell(cluster, "under_replicated") + " under-replicated");
            cluster.path("reasons").forEach(reason -> lines.add("  " + Json.cell(reason)));
            return lines;
        }
    }

    /** Who is there. */
    @Command(name = "nodes", description = "List storage and index nodes with their states.")
    static final class Nodes extends ServerCommand {

        Nodes(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            pages("/v1/nodes", (results, answer) -> {
                JsonNode nodes = answer.json().path("nodes");
                TextTable table = new TextTable(
                        List.of("node", "service", "state", "heard", "zone", "address", "disks", "labels", "reason"));
                for (JsonNode node : nodes) {
                    table.add(List.of(
                            cell(node, "id"),
                            cell(node, "service"),
                            cell(node, "state"),
                            cell(node, "since_heartbeat"),
                            cell(node, "zone"),
                            cell(node, "address"),
                            String.valueOf(node.path("disks").size()),
                            node.path("labels").isEmpty() ? "" : cell(node, "labels"),
                            cell(node, "reason")));
                }
                results.list(answer, nodes, table);
            });
            return ExitCode.DONE.number();
        }
    }

    /** What they store on. */
    @Command(name = "disks", description = "List the disks of the storage nodes with their room and failures.")
    static final class Disks extends ServerCommand {

        private static final double GIGABYTE = 1e9;

        Disks(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            pages("/v1/nodes", (results, answer) -> {
                TextTable table = new TextTable(
                        List.of("node", "disk", "health", "replicas", "free GB", "total GB", "path", "failure"));
                for (JsonNode node : answer.json().path("nodes")) {
                    for (JsonNode disk : node.path("disks")) {
                        table.add(List.of(
                                cell(node, "id"),
                                cell(disk, "id"),
                                cell(disk, "health"),
                                cell(disk, "replicas"),
                                gigabytes(disk, "free_bytes"),
                                gigabytes(disk, "total_bytes"),
                                cell(disk, "path"),
                                cell(disk.path("failure"), "message")));
                    }
                    if (node.path("disks").isEmpty() && cell(node, "service").equals("storage")) {
                        table.add(List.of(
                                cell(node, "id"), "", cell(node, "state"), "", "", "", "", cell(node, "reason")));
                    }
                }
                results.list(answer, answer.json().path("nodes"), table);
            });
            return ExitCode.DONE.number();
        }

        private static String gigabytes(JsonNode disk, String member) {
            return String.format(Locale.ROOT, "%.1f", disk.path(member).asLong(0) / GIGABYTE);
        }
    }

    /** Where what is. */
    @Command(
            name = "shards",
            aliases = "groups",
            description = "List shards with all their replicas: role, applied index, lag, disk.")
    static final class ShardList extends ServerCommand {

        @Option(names = "--collection", paramLabel = "NAME", description = "Of this collection only.")
        private String collection = "";

        @Option(names = "--node", paramLabel = "NODE", description = "Those with a replica or a view on this node.")
        private String node = "";

        ShardList(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            String path = "/v1/shards?collection=" + RestClient.encode(collection) + "&node=" + RestClient.encode(node);
            pages(
                    path,
                    (results, answer) -> results.list(
                            answer,
                            answer.json().path("shards"),
                            table(answer.json().path("shards"))));
            return ExitCode.DONE.number();
        }

        static TextTable table(JsonNode shards) {
            TextTable table = new TextTable(List.of(
                    "shard", "buckets", "records", "bytes", "node", "role", "applied", "lag", "disk", "reason"));
            for (JsonNode shard : shards) {
                boolean first = true;
                for (JsonNode replica : shard.path("replicas")) {
                    table.add(List.of(
                            first ? cell(shard, "id") : "",
                            first
                                    ? cell(shard, "bucket_from") + "-"
                                            + (shard.path("bucket_to").asInt(0) - 1)
                                    : "",
                            first ? cell(shard, "records") : "",
                            first ? cell(shard, "bytes") : "",
                            cell(replica, "node"),
                            cell(replica, "role"),
                            known(replica, "applied_index"),
                            known(replica, "lag"),
                            cell(replica, "disk"),
                            cell(replica, "reason")));
                    first = false;
                }
            }
            return table;
        }
    }

    /** Takes a new disk. */
    @Command(
            name = "format-disk",
            description =
                    "Make the empty folder of a missing disk a new disk; what was on the missing one is lost to the node.")
    static final class FormatDisk extends ServerCommand {

        private static final Duration TIME = Duration.ofSeconds(60);

        @Parameters(index = "0", paramLabel = "NODE")
        private String node = "";

        @Parameters(index = "1", paramLabel = "FOLDER")
        private String folder = "";

        FormatDisk(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            Confirm.require(cli(), "Give up the disk that was at " + folder + " of " + node + "?");
            ObjectNode request = request(TIME).put("folder", folder);
            try (RestClient client = client(TIME)) {
                RestAnswer answer = client.change(
                        "POST", "/v1/nodes/" + RestClient.encode(node) + "/format-disk", Optional.of(request));
                show(answer, () -> List.of(cell(answer.json(), "path") + " is disk " + cell(answer.json(), "id")));
            }
            return ExitCode.DONE.number();
        }
    }

    /** Who did what. */
    @Command(name = "audit", description = "List what administrators did, oldest first.")
    static final class Audit extends ServerCommand {

        @Option(names = "--since", paramLabel = "TIME", description = "From then on, such as 2026-01-31T00:00:00Z.")
        private String since = "";

        @Option(names = "--actor", paramLabel = "TEXT", description = "By those whose name has this in it.")
        private String actor = "";

        Audit(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            String path = "/v1/audit-entries?limit=1000"
                    + (since.isEmpty() ? "" : "&since=" + RestClient.encode(since))
                    + (actor.isEmpty() ? "" : "&actor=" + RestClient.encode(actor));
            pages(path, (results, answer) -> {
                JsonNode entries = answer.json().path("entries");
                TextTable table =
                        new TextTable(List.of("index", "time", "actor", "action", "target", "outcome", "detail"));
                for (JsonNode entry : entries) {
                    table.add(List.of(
                            cell(entry, "index"),
                            cell(entry, "time"),
                            cell(entry, "actor"),
                            cell(entry, "action"),
                            cell(entry, "target"),
                            cell(entry, "outcome"),
                            cell(entry, "detail")));
                }
                results.list(answer, entries, table);
            });
            return ExitCode.DONE.number();
        }
    }
}
