package io.vectordb.cli.command;

import io.vectordb.cli.rest.StubServer;
import io.vectordb.cli.rest.StubServer.Call;
import io.vectordb.cli.rest.StubServer.Reply;
import io.vectordb.cli.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs verbs within this process, on a console without colours. */
final class CliRunner {

    private final Path home;
    private final int columns;
    private List<Call> calls = List.of();

    /** What a run printed, and its exit code. */
    record Run(int exit, String out, String err) {}

    CliRunner(Path home, int columns) {
        this.home = home;
        this.columns = columns;
    }

    Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                columns);
        int exit = Verbs.run(console, Map.of("VECTORDB_HOME", home.toString()), arguments);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a verb against a server that answers so. */
    Run against(Function<Call, Reply> answers, String... arguments) {
        try (StubServer server = new StubServer(answers)) {
            String[] all = Arrays.copyOf(arguments, arguments.length + 2);
            all[arguments.length] = "--url";
            all[arguments.length + 1] = server.uri().toString();
            Run run = run(all);
            calls = server.calls();
            return run;
        }
    }

    /** What the server of the last run was asked. */
    List<Call> calls() {
        return calls;
    }
}
