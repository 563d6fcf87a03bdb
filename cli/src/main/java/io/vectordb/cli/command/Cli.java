package io.vectordb.cli.command;

import io.vectordb.cli.local.Home;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.RunState;
import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.Console;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.node.ObjectNode;

/** The program itself: the flags that every verb takes, and what follows from them. */
@Command(
        name = "vectordb",
        description = "A distributed vector database: run it, fill it, ask it.",
        synopsisSubcommandLabel = "VERB",
        sortOptions = false,
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0 done  1 our fault  2 wrong usage  3 no server or not ready  4 not found",
            "  5 conflict  6 input refused  7 not allowed  8 timed out  9 overloaded  130 interrupted"
        })
public final class Cli {

    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final Console console;
    private final Map<String, String> environment;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Server to call ($VECTORDB_URL, else the local one).")
    private @Nullable URI url;

    @Option(
            names = "--key-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "File with the API key in its first line.")
    private @Nullable Path keyFile;

    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json (the REST body as it is), ndjson or csv.")
    private OutputMode output = OutputMode.table;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            description = "Time the server has, such as 500ms or 10s.")
    private @Nullable Duration timeout;

    @Option(
            names = "--consistency",
            scope = ScopeType.INHERIT,
            paramLabel = "LEVEL",
            description = "strong, bounded:5s, session or eventual.")
    private @Nullable String consistency;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Results and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Tell every call and every detail.")
    private boolean verbose;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            description = "Do not ask.")
    private boolean yes;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Tell how this is used.")
    private boolean help;

    public Cli(Console console, Map<String, String> environment) {
        this.console = console;
        this.environment = Map.copyOf(environment);
    }

    Console console() {
        return console;
    }

    Map<String, String> environment() {
        return environment;
    }

    OutputMode output() {
        return output;
    }

    boolean quiet() {
        return quiet;
    }

    boolean verbose() {
        return verbose;
    }

    boolean yes() {
        return yes;
    }

    Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    Home home() {
        return Home.of(environment);
    }

    /** A message beside the results, unless they shall stand alone. */
    void say(String line) {
        if (!quiet) {
            console.say(line);
        }
    }

    RestClient client(Retries retries) {
        return client(retries, timeout().map(given -> given.plus(MARGIN)).orElse(ANSWER));
    }

    /** For long work: survives a restart of the server, but fails at once when there is none to begin with. */
    RestClient patientClient(Duration perAttempt) {
        try (RestClient first = client(Retries.SHORT)) {
            first.get("/v1/info");
        }
        return client(Retries.PATIENT, perAttempt);
    }

    RestClient client(Retries retries, Duration perAttempt) {
        return new RestClient(server(), key(), perAttempt, retries, line -> {
            if (verbose) {
                console.say(line);
            }
        });
    }

    /** The flag, else {@code $VECTORDB_URL}, else what runs here, else where it would run by default. */
    URI server() {
        if (url != null) {
            return url;
        }
        String named = environment.getOrDefault("VECTORDB_URL", "");
        if (!named.isEmpty()) {
            return URI.create(named);
        }
        Home home = home();
        return home.run(Installations.STANDALONE)
                .state()
                .filter(RunState::isSupervised)
                .or(() -> home.run(Installations.CLUSTER).state().filter(RunState::isSupervised))
                .map(state -> URI.create(state.restUrl()))
                .orElse(URI.create("http://127.0.0.1:" + UpCommand.REST_PORT));
    }

    private Optional<String> key() {
        if (keyFile == null) {
            return Optional.empty();
        }
        try {
            return Files.readString(keyFile).lines().findFirst().map(String::strip);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot read the key file " + keyFile);
        }
    }

    /** Adds what the flags say about a read. */
    void addReadOptions(ObjectNode request) {
        if (consistency != null) {
            request.set("consistency", consistencyJson(consistency));
        }
        timeout().ifPresent(given -> request.put("timeout", Durations.json(given)));
    }

    private static ObjectNode consistencyJson(String text) {
        String[] parts = text.split(":", 2);
        ObjectNode json = Json.object().put("level", parts[0]);
        if (parts.length == 2) {
            json.put("max_staleness", parts[1]);
        }
        return json;
    }
}
