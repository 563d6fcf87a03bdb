package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.ExitCode;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Changes settings of a collection. */
@Command(
        name = "alter",
        description = "Change settings of a collection: how many replicas and index nodes its shards have, what it is.")
final class AlterCommand extends ServerCommand {

    private static final Duration TIME = Duration.ofSeconds(20);

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--replicas", paramLabel = "N", description = "Of each shard, on storage nodes.")
    private int replicas;

    @Option(names = "--index-replicas", paramLabel = "N", description = "Index nodes that serve each shard.")
    private int indexReplicas;

    @Option(names = "--description", paramLabel = "TEXT")
    private String description = "";

    @Option(names = "--dry-run", description = "Check only, and tell what it would do.")
    private boolean dryRun;

    AlterCommand(Cli cli) {
        super(cli);
    }

    @Override
    public Integer call() {
        ObjectNode request = request(TIME).put("dry_run", dryRun);
        ObjectNode settings = request.putArray("changes").addObject().putObject("set_settings");
        if (replicas != 0) {
            settings.put("replicas", replicas);
        }
        if (indexReplicas != 0) {
            settings.put("index_replicas", indexReplicas);
        }
        if (!description.isEmpty()) {
            settings.put("description", description);
        }
        try (RestClient client = client(TIME)) {
            RestAnswer answer = client.change("PATCH", CollectionsCommand.path(name), Optional.of(request));
            show(
                    answer,
                    () -> answer.json()
                            .path("report")
                            .valueStream()
                            .map(each -> Json.cell(each.path("effect")))
                            .toList());
        }
        return ExitCode.DONE.number();
    }
}
