package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The verbs of {@code records} that change some. */
final class RecordChanges {

    private RecordChanges() {}

    /** Writes whole records. */
    @Command(
            name = "put",
            description = "Write a record under KEY, or without KEY the record or the array of records in a file.")
    static final class Put implements Callable<Integer> {

        private final Cli cli;

        @Parameters(index = "0", paramLabel = "COLLECTION")
        private String collection = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "KEY")
        private @Nullable String key;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                defaultValue = "-",
                description = "JSON; the standard input unless given.")
        private String file = "-";

        @Option(names = "--if-seq", paramLabel = "N", description = "Only at this version; 0: only when there is none.")
        private @Nullable Long ifSeq;

        Put(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            JsonNode body = Bodies.json(file);
            try (RestClient client = cli.client(Retries.SHORT)) {
                if (key != null) {
                    return result(
                            cli,
                            client.change("PUT", Keys.path(collection, key) + condition(ifSeq), Optional.of(body)));
                }
                if (ifSeq != null) {
                    throw new CliException(ExitCode.USAGE, "--if-seq needs a KEY");
                }
                ObjectNode request = Json.object();
                request.set("records", body.isArray() ? body : Json.array().add(body));
                return results(
                        cli,
                        client.change("POST", CollectionsCommand.path(collection) + "/upsert", Optional.of(request)));
            }
        }
    }

    /** Changes parts of a record. */
    @Command(name = "patch", description = "Change fields of a record.")
    static final class Patch implements Callable<Integer> {

        private final Cli cli;

        @Parameters(index = "0", paramLabel = "COLLECTION")
        private String collection = "";

        @Parameters(index = "1", paramLabel = "KEY")
        private String key = "";

        @Option(names = "--set", paramLabel = "NAME=VALUE", description = "New value, read as JSON, else as text.")
        private Map<String, String> set = new LinkedHashMap<>();

        @Option(names = "--unset", paramLabel = "NAME", description = "Field to take away.")
        private List<String> unset = new ArrayList<>();

        @Option(names = "--create", description = "Make the record when there is none.")
        private boolean create;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "The patch in JSON instead: {\"set\": {…}, \"unset\": […]}.")
        private @Nullable String file;

        @Option(names = "--if-seq", paramLabel = "N", description = "Only at this version.")
        private @Nullable Long ifSeq;

        Patch(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            ObjectNode patch = file == null ? Json.object() : Bodies.object(file);
            if (!set.isEmpty()) {
                ObjectNode values = patch.path("set") instanceof ObjectNode given ? given : patch.putObject("set");
                set.forEach((name, value) -> values.set(name, Query.value(value)));
            }
            if (!unset.isEmpty()) {
                unset.forEach(patch.putArray("unset")::add);
            }
            if (create) {
                patch.put("create", true);
            }
            if (patch.isEmpty()) {
                throw new CliException(ExitCode.USAGE, "nothing to change; give --set, --unset or --file");
            }
            try (RestClient client = cli.client(Retries.SHORT)) {
                return result(
                        cli, client.change("PATCH", Keys.path(collection, key) + condition(ifSeq), Optional.of(patch)));
            }
        }
    }

    /** Deletes records. */
    @Command(name = "delete", description = "Delete records by their keys; one that is not there is no error.")
    static final class Delete implements Callable<Integer> {

        private final Cli cli;

        @Parameters(index = "0", paramLabel = "COLLECTION")
        private String collection = "";

        @Parameters(index = "1..*", paramLabel = "KEY")
        private List<String> keys = new ArrayList<>();

        @Option(
                names = {"-w", "--where"},
                paramLabel = "FILTER",
                description = "Not available yet.")
        private @Nullable String where;

        @Option(names = "--if-seq", paramLabel = "N", description = "Only at this version.")
        private @Nullable Long ifSeq;

        Delete(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            if (where != null) {
                throw CliException.notAvailable("records delete --where");
            }
            if (keys.isEmpty() || (ifSeq != null && keys.size() > 1)) {
                throw new CliException(ExitCode.USAGE, "give at least one KEY, and only one with --if-seq");
            }
            try (RestClient client = cli.client(Retries.SHORT)) {
                if (keys.size() == 1 && !keys.getFirst().contains("/")) {
                    return result(
                            cli,
                            client.change(
                                    "DELETE",
                                    Keys.path(collection, keys.getFirst()) + condition(ifSeq),
                                    Optional.empty()));
                }
                ObjectNode request = Json.object();
                request.set("keys", Keys.typed(client, collection, keys));
                return results(
                        cli,
                        client.change("POST", CollectionsCommand.path(collection) + "/delete", Optional.of(request)));
            }
        }
    }

    private static String condition(@Nullable Long ifSeq) {
        return ifSeq == null ? "" : "?if_seq=" + ifSeq;
    }

    private static int result(Cli cli, RestAnswer answer) {
        if (cli.output() == OutputMode.table) {
            cli.say(line(answer.json()));
        } else {
            new Results(cli).one(answer);
        }
        return ExitCode.DONE.number();
    }

    /** Exit code 6 when an item was refused. */
    private static int results(Cli cli, RestAnswer answer) {
        JsonNode results = answer.json().path("results");
        if (cli.output() == OutputMode.table) {
            results.forEach(each -> cli.say(line(each)));
        } else {
            new Results(cli).list(answer, results);
        }
        long failed = answer.json().path("failed").asLong(0);
        return (failed > 0 ? ExitCode.REFUSED : ExitCode.DONE).number();
    }

    private static String line(JsonNode result) {
        JsonNode error = result.path("error");
        String end = error.isMissingNode()
                ? result.path("seq").isMissingNode() ? "" : ", seq " + Json.cell(result.path("seq"))
                : ": " + error.path("message").asString("") + " ("
                        + error.path("code").asString("") + ")";
        return Json.cell(result.path("key")) + " " + result.path("outcome").asString("") + end;
    }
}
