package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import io.vectordb.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Named tables and their schemas. */
@Command(
        name = "collections",
        description = "List, show, create, change and delete collections.",
        synopsisSubcommandLabel = "VERB")
final class CollectionsCommand {

    static final String PATH = "/v1/collections";

    private CollectionsCommand() {}

    static CommandLine commandLine(Cli cli) {
        return new CommandLine(new CollectionsCommand())
                .addSubcommand(new ListAll(cli))
                .addSubcommand(new Get(cli))
                .addSubcommand(new Create(cli))
                .addSubcommand(new Delete(cli))
                .addSubcommand(new AlterCommand(cli))
                .addSubcommand("stats", new LaterCommand("collections stats"));
    }

    static String path(String collection) {
        return PATH + "/" + RestClient.encode(collection);
    }

    /** All of them. */
    @Command(name = "list", description = "List all collections.")
    static final class ListAll implements Callable<Integer> {

        private final Cli cli;

        ListAll(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            try (RestClient client = cli.client(Retries.SHORT)) {
                String cursor = "";
                do {
                    RestAnswer answer =
                            client.get(PATH + (cursor.isEmpty() ? "" : "?cursor=" + RestClient.encode(cursor)));
                    JsonNode collections = answer.json().path("collections");
                    new Results(cli).list(answer, collections, table(collections));
                    cursor = answer.json().path("next_cursor").asString("");
                } while (!cursor.isEmpty());
            }
            return ExitCode.DONE.number();
        }

        private static TextTable table(JsonNode collections) {
            TextTable table = new TextTable(
                    List.of("name", "kind", "key", "fields", "shards", "replicas", "index replicas", "state"));
            for (JsonNode each : collections) {
                JsonNode schema = each.path("schema");
                table.add(List.of(
                        each.path("name").asString(""),
                        schema.path("kind").asString(""),
                        names(schema.path("primary_key")),
                        Integer.toString(schema.path("fields").size()),
                        Json.cell(each.path("settings").path("shards")),
                        Json.cell(each.path("settings").path("replicas")),
                        Json.cell(each.path("settings").path("index_replicas")),
                        each.path("state").asString("")));
            }
            return table;
        }
    }

    /** One of them. */
    @Command(name = "get", aliases = "describe", description = "Show a collection with its schema and settings.")
    static final class Get implements Callable<Integer> {

        private final Cli cli;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Get(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            try (RestClient client = cli.client(Retries.SHORT)) {
                RestAnswer answer = client.get(path(name));
                JsonNode schema = answer.json().path("schema");
                switch (cli.output()) {
                    case table -> {
                        cli.console().print(summary(answer.json()));
                        fields(schema).lines(cli.console()).forEach(cli.console()::print);
                    }
                    case csv -> new Results(cli).list(answer, schema.path("fields"));
                    case json, ndjson -> new Results(cli).one(answer);
                }
            }
            return ExitCode.DONE.number();
        }

        private static String summary(JsonNode collection) {
            JsonNode settings = collection.path("settings");
            return collection.path("name").asString("") + ": "
                    + collection.path("schema").path("kind").asString("") + ", key "
                    + names(collection.path("schema").path("primary_key")) + ", dynamic "
                    + collection.path("schema").path("dynamic").asString("") + ", "
                    + Json.cell(settings.path("shards")) + " shard(s), "
                    + Json.cell(settings.path("replicas")) + " replica(s), "
                    + Json.cell(settings.path("index_replicas")) + " index replica(s), "
                    + Json.cell(settings.path("buckets")) + " buckets, schema version "
                    + Json.cell(collection.path("schema_version")) + ", "
                    + collection.path("state").asString("");
        }

        private static TextTable fields(JsonNode schema) {
            TextTable table = new TextTable(List.of("field", "type", "not null", "options", "description"));
            for (JsonNode field : schema.path("fields")) {
                List<String> options = new ArrayList<>();
                for (String group : List.of("text", "vector")) {
                    field.path(group)
                            .properties()
                            .forEach(option -> options.add(option.getKey() + " " + Json.cell(option.getValue())));
                }
                if (field.path("indexing").asString("").equals("not_indexed")) {
                    options.add("not indexed");
                }
                table.add(List.of(
                        field.path("name").asString(""),
                        field.path("type").asString(""),
                        field.path("not_null").asBoolean(false) ? "yes" : "",
                        String.join(", ", options),
                        field.path("description").asString("")));
            }
            return table;
        }
    }

    /** Makes one. */
    @Command(
            name = "create",
            description =
                    "Create a collection from a file: {\"name\": …, \"schema\": …, \"settings\": …}, or a schema alone with NAME.")
    static final class Create implements Callable<Integer> {

        private final Cli cli;

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "Name; goes before the one in the file.")
        private @Nullable String name;

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "FILE",
                description = "JSON; - is the standard input.")
        private String file = "";

        @Option(names = "--if-not-exists", description = "One of this name and schema is no error.")
        private boolean ifNotExists;

        @Option(names = "--dry-run", description = "Only check.")
        private boolean dryRun;

        Create(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            if (file.endsWith(".sql")) {
                throw CliException.notAvailable("a schema in SQL");
            }
            ObjectNode request = request();
            try (RestClient client = cli.client(Retries.SHORT)) {
                RestAnswer answer = client.change("POST", PATH, Optional.of(request));
                if (cli.output() == OutputMode.table) {
                    cli.say((dryRun ? "would be created: " : "created: ")
                            + answer.json().path("name").asString(""));
                } else {
                    new Results(cli).one(answer);
                }
            }
            return ExitCode.DONE.number();
        }

        private ObjectNode request() {
            ObjectNode given = Bodies.object(file);
            ObjectNode request = given.has("schema") ? given : Json.object().set("schema", given);
            if (name != null) {
                request.put("name", name);
            }
            if (!request.has("name")) {
                throw new CliException(
                        ExitCode.USAGE, "the file has no name; give one: collections create NAME -f FILE");
            }
            if (ifNotExists) {
                request.put("if_not_exists", true);
            }
            if (dryRun) {
                request.put("dry_run", true);
            }
            return request;
        }
    }

    /** Deletes one. */
    @Command(name = "delete", aliases = "drop", description = "Delete a collection and everything in it.")
    static final class Delete implements Callable<Integer> {

        private final Cli cli;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--if-exists", description = "None of this name is no error.")
        private boolean ifExists;

        Delete(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            Confirm.require(cli, "Delete the collection " + name + " and everything in it?");
            try (RestClient client = cli.client(Retries.SHORT)) {
                RestAnswer answer =
                        client.change("DELETE", path(name) + (ifExists ? "?if_exists=true" : ""), Optional.empty());
                if (cli.output() == OutputMode.table) {
                    cli.say(
                            answer.json().path("deleted").asBoolean(false)
                                    ? "deleted: " + name
                                    : "there was no " + name);
                } else {
                    new Results(cli).one(answer);
                }
            }
            return ExitCode.DONE.number();
        }
    }

    private static String names(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(Json::cell).collect(Collectors.joining(", "));
    }
}
