package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** The settings of the cluster that can be changed while it runs. */
@Command(name = "settings", description = "List the settings of the cluster, or change some: NAME=VALUE, --unset NAME.")
final class SettingsCommand extends ServerCommand {

    private static final String PATH = "/v1/settings";
    private static final Duration TIME = Duration.ofSeconds(20);

    @Parameters(arity = "0..*", paramLabel = "NAME=VALUE", description = "Such as nodes.down_after=1m.")
    private List<String> set = new ArrayList<>();

    @Option(names = "--unset", paramLabel = "NAME", description = "Back to its default; may be repeated.")
    private List<String> unset = new ArrayList<>();

    @Option(names = "--if-version", paramLabel = "N", description = "Only while the settings are at this version.")
    private @Nullable Long ifVersion;

    @Option(names = "--dry-run", description = "Check only, and show what it would be.")
    private boolean dryRun;

    SettingsCommand(Cli cli) {
        super(cli);
    }

    @Override
    public Integer call() {
        try (RestClient client = client(TIME)) {
            RestAnswer answer = set.isEmpty() && unset.isEmpty()
                    ? client.get(PATH)
                    : client.change("PATCH", PATH, Optional.of(change()));
            show(answer, () -> lines(answer));
        }
        return ExitCode.DONE.number();
    }

    private ObjectNode change() {
        ObjectNode request = request(TIME).put("dry_run", dryRun);
        ObjectNode values = request.putObject("set");
        for (String assignment : set) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new CliException(ExitCode.USAGE, "expected NAME=VALUE, received " + assignment);
            }
            values.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        unset.forEach(request.putArray("unset")::add);
        if (ifVersion != null) {
            request.put("if_version", ifVersion);
        }
        return request;
    }

    private List<String> lines(RestAnswer answer) {
        TextTable table = new TextTable(List.of("setting", "value"));
        answer.json()
                .path("values")
                .properties()
                .forEach(value -> table.add(List.of(value.getKey(), Json.cell(value.getValue()))));
        List<String> lines = new ArrayList<>(table.lines(cli().console()));
        lines.add("version " + Json.cell(answer.json().path("version")));
        return lines;
    }
}
