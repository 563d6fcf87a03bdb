package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** Versions of this program, its JVM, and of the server if one answers. */
@Command(name = "version", description = "Print the versions of this program and of the server.")
final class VersionCommand implements Callable<Integer> {

    private static final Duration SERVER = Duration.ofSeconds(2);

    private final Cli cli;

    VersionCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        ObjectNode versions = Json.object()
                .put(
                        "cli",
                        Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                                .orElse("unpackaged"))
                .put("java", Runtime.version().toString());
        serverVersion().ifPresent(version -> versions.put("server", version));
        if (cli.output() == OutputMode.table) {
            versions.properties()
                    .forEach(each ->
                            cli.console().print(String.format("%-7s", each.getKey()) + Json.cell(each.getValue())));
        } else {
            cli.console().print(Json.write(versions));
        }
        return ExitCode.DONE.number();
    }

    private Optional<String> serverVersion() {
        try (RestClient client = cli.client(new Retries(Duration.ZERO, false), SERVER)) {
            RestAnswer info = client.get("/v1/info");
            return Optional.of(info.json().path("version").asString("")).filter(version -> !version.isEmpty());
        } catch (CliException e) {
            // None that answers: then its version is not said.
            return Optional.empty();
        }
    }
}
