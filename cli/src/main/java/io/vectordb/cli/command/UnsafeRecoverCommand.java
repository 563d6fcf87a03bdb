package io.vectordb.cli.command;

import static io.vectordb.cli.command.AdminCommand.cell;
import static io.vectordb.cli.command.AdminCommand.known;

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

/** Goes on with one replica of a shard, after it told what may be lost and the cluster's id was typed. */
@Command(
        name = "unsafe-recover",
        description = {
            "Go on with one replica of a shard that lost its majority for good. What only the lost replicas had is lost.",
            "Refused while a majority answers. Tells what would be done, then asks for the id of the cluster."
        })
final class UnsafeRecoverCommand extends ServerCommand {

    private static final Duration TIME = Duration.ofSeconds(60);

    @Parameters(paramLabel = "SHARD")
    private String shard = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "Whose replica to go on with (the one furthest ahead).")
    private String node = "";

    @Option(
            names = "--confirm",
            paramLabel = "CLUSTER_ID",
            description = "The id of the cluster, as 'admin status' tells it; without it you are asked.")
    private String confirm = "";

    @Option(names = "--dry-run", description = "Only tell what would be done and what may be lost.")
    private boolean dryRun;

    UnsafeRecoverCommand(Cli cli) {
        super(cli);
    }

    @Override
    public Integer call() {
        String path = AdminCommand.SHARDS + RestClient.encode(shard) + "/unsafe-recover";
        try (RestClient client = client(TIME)) {
            ObjectNode request = request(TIME);
            if (!node.isEmpty()) {
                request.put("node", node);
            }
            RestAnswer plan = client.post(path, request.deepCopy().put("dry_run", true));
            if (dryRun) {
                show(plan, () -> lines(plan.json()));
                return ExitCode.DONE.number();
            }
            tell(plan.json());
            request.put("confirm_cluster_id", confirmed());
            // What was told is what is done, whoever comes back meanwhile.
            request.put("node", cell(plan.json(), "node"));
            RestAnswer done = client.change("POST", path, Optional.of(request));
            show(
                    done,
                    () -> List.of(cell(done.json(), "shard") + " goes on with " + cell(done.json(), "node") + ": "
                            + cell(done.json().path("now"), "records") + " records"));
        }
        return ExitCode.DONE.number();
    }

    private String confirmed() {
        return confirm.isEmpty()
                ? Confirm.typed("The id of this cluster, to go on: ", "--confirm CLUSTER_ID")
                : confirm;
    }

    /** Even with {@code --quiet}: nobody shall confirm what was not told. */
    private void tell(JsonNode plan) {
        lines(plan).forEach(cli().console()::say);
    }

    private List<String> lines(JsonNode plan) {
        TextTable table = new TextTable(List.of("node", "role", "applied", "log to", "term", "reason"));
        for (JsonNode replica : plan.path("replicas")) {
            table.add(List.of(
                    cell(replica, "node"),
                    cell(replica, "role"),
                    known(replica, "applied_index"),
                    known(replica, "last_log_index"),
                    cell(replica, "last_log_term"),
                    cell(replica, "reason")));
        }
        List<String> lines = new ArrayList<>(table.lines(cli().console()));
        lines.add("");
        lines.add(cell(plan, "shard") + " would go on with the replica on " + cell(plan, "node") + ":");
        plan.path("warnings").forEach(warning -> lines.add("- " + Json.cell(warning)));
        return lines;
    }
}
