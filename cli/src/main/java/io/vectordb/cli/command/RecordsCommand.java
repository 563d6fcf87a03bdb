package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads records. Those verbs that change some are in {@link RecordChanges}. */
@Command(name = "records", description = "Read, write, count and export records.", synopsisSubcommandLabel = "VERB")
final class RecordsCommand {

    private RecordsCommand() {}

    static CommandLine commandLine(Cli cli) {
        return new CommandLine(new RecordsCommand())
                .addSubcommand(new Get(cli))
                .addSubcommand(new RecordChanges.Put(cli))
                .addSubcommand(new RecordChanges.Patch(cli))
                .addSubcommand(new RecordChanges.Delete(cli))
                .addSubcommand(new Scroll(cli))
                .addSubcommand(new Count(cli))
                .addSubcommand(new Export(cli));
    }

    /** Records by key. */
    @Command(name = "get", description = "Print records by their keys; exit code 4 when one is missing.")
    static final class Get implements Callable<Integer> {

        private final Cli cli;

        @Parameters(index = "0", paramLabel = "COLLECTION")
        private String collection = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY")
        private List<String> keys = new ArrayList<>();

        @Option(
                names = {"-s", "--select"},
                paramLabel = "FIELD",
                split = ",",
                description = "Fields to give back.")
        private List<String> select = new ArrayList<>();

        Get(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            try (RestClient client = cli.client(Retries.SHORT)) {
                return keys.size() == 1 && !keys.getFirst().contains("/") ? one(client) : several(client);
            }
        }

        private int one(RestClient client) {
            ObjectNode options = Json.object();
            cli.addReadOptions(options);
            List<String> query = new ArrayList<>();
            if (!select.isEmpty()) {
                query.add("include=" + select.stream().map(RestClient::encode).collect(Collectors.joining(",")));
            }
            JsonNode level = options.path("consistency");
            if (!level.isMissingNode()) {
                String bound = level.path("max_staleness").asString("");
                query.add("consistency=" + level.path("level").asString("") + (bound.isEmpty() ? "" : ":" + bound));
            }
            String timeout = options.path("timeout").asString("");
            if (!timeout.isEmpty()) {
                query.add("timeout=" + timeout);
            }
            RestAnswer answer = client.get(
                    Keys.path(collection, keys.getFirst()) + (query.isEmpty() ? "" : "?" + String.join("&", query)));
            if (cli.output() == OutputMode.table) {
                new Results(cli)
                        .one(new RestAnswer(200, Json.write(answer.json().path("fields"))));
                cli.say("seq " + Json.cell(answer.json().path("seq")));
            } else if (cli.output() == OutputMode.csv) {
                new Results(cli).list(answer, List.of(answer.json().path("fields")));
            } else {
                new Results(cli).one(answer);
            }
            return ExitCode.DONE.number();
        }

        private int several(RestClient client) {
            ObjectNode request = Json.object();
            request.set("keys", Keys.typed(client, collection, keys));
            if (!select.isEmpty()) {
                select.forEach(request.putArray("select")::add);
            }
            cli.addReadOptions(request);
            RestAnswer answer = client.post(CollectionsCommand.path(collection) + "/get", request);
            JsonNode results = answer.json().path("results");
            List<JsonNode> found = new ArrayList<>();
            List<String> missing = new ArrayList<>();
            for (JsonNode result : results) {
                JsonNode record = result.path("record");
                if (record.isMissingNode()) {
                    missing.add(Json.cell(result.path("key")));
                } else {
                    found.add(cli.output() == OutputMode.ndjson ? record : record.path("fields"));
                }
            }
            new Results(cli).list(answer, found);
            if (!missing.isEmpty()) {
                throw new CliException(ExitCode.NOT_FOUND, "not found: " + String.join(", ", missing));
            }
            return ExitCode.DONE.number();
        }
    }

    /** A page of records. */
    @Command(name = "scroll", description = "Print a page of the records that pass a filter.")
    static final class Scroll implements Callable<Integer> {

        private final Cli cli;

        @Parameters(paramLabel = "COLLECTION")
        private String collection = "";

        @Mixin
        private Query query = new Query();

        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                description = "Records of the page (100).")
        private @Nullable Integer limit;

        @Option(names = "--cursor", paramLabel = "CURSOR", description = "As the page before gave it.")
        private @Nullable String cursor;

        Scroll(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            try (RestClient client = cli.client(Retries.SHORT)) {
                RestAnswer answer = page(cli, client, collection, query, limit, cursor);
                JsonNode records = answer.json().path("records");
                List<JsonNode> rows = new ArrayList<>();
                records.forEach(record -> rows.add(record.path("fields")));
                new Results(cli).list(answer, cli.output() == OutputMode.ndjson ? records : rows);
                String next = answer.json().path("next_cursor").asString("");
                if (!next.isEmpty() && cli.output() != OutputMode.json) {
                    cli.say("more: --cursor " + next);
                }
            }
            return ExitCode.DONE.number();
        }
    }

    private static RestAnswer page(
            Cli cli,
            RestClient client,
            String collection,
            Query query,
            @Nullable Integer limit,
            @Nullable String cursor) {
        ObjectNode request = Json.object();
        query.addFilter(request);
        query.addSelect(request);
        cli.addReadOptions(request);
        if (limit != null) {
            request.put("limit", limit);
        }
        if (cursor != null) {
            request.put("cursor", cursor);
        }
        return client.post(CollectionsCommand.path(collection) + "/scroll", request);
    }

    /** How many records there are. */
    @Command(name = "count", description = "Count the records that pass a filter.")
    static final class Count implements Callable<Integer> {

        private final Cli cli;

        @Parameters(paramLabel = "COLLECTION")
        private String collection = "";

        @Mixin
        private Query query = new Query();

        Count(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object();
            query.addFilter(request);
            cli.addReadOptions(request);
            try (RestClient client = cli.client(Retries.SHORT)) {
                RestAnswer answer = client.post(CollectionsCommand.path(collection) + "/count", request);
                if (cli.output() == OutputMode.json) {
                    new Results(cli).body(answer);
                } else {
                    cli.console().print(Json.cell(answer.json().path("count")));
                }
            }
            return ExitCode.DONE.number();
        }
    }

    /** All records. */
    @Command(
            name = "export",
            description =
                    "Print all records that pass a filter, one in JSON on each line; ./vectordb ingest --direct reads them again.")
    static final class Export implements Callable<Integer> {

        private static final int PAGE = 1_000;
        private static final Duration PAGE_TIME = Duration.ofMinutes(1);

        private final Cli cli;

        @Parameters(paramLabel = "COLLECTION")
        private String collection = "";

        @Mixin
        private Query query = new Query();

        Export(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            long count = 0;
            Optional<String> cursor = Optional.empty();
            try (RestClient client = cli.patientClient(PAGE_TIME)) {
                do {
                    JsonNode answer = page(cli, client, collection, query, PAGE, cursor.orElse(null))
                            .json();
                    for (JsonNode record : answer.path("records")) {
                        cli.console().print(Json.write(record.path("fields")));
                        count++;
                    }
                    cursor =
                            Optional.of(answer.path("next_cursor").asString("")).filter(next -> !next.isEmpty());
                } while (cursor.isPresent());
            }
            cli.say(count + " records");
            return ExitCode.DONE.number();
        }
    }
}
