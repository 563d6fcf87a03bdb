package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Copies of collections in a folder of the server, and collections from such copies. */
@Command(
        name = "backup",
        description = "Back up collections, verify backups, and restore them.",
        synopsisSubcommandLabel = "VERB")
final class BackupCommand {

    private static final String PATH = "/v1/backups";

    private BackupCommand() {}

    static CommandLine commandLine(Cli cli) {
        return new CommandLine(new BackupCommand())
                .addSubcommand(new Create(cli))
                .addSubcommand(new ListAll(cli))
                .addSubcommand(new Verify(cli))
                .addSubcommand(new Restore(cli))
                .addSubcommand(new Delete(cli));
    }

    private static String path(String backup) {
        return PATH + "/" + RestClient.encode(backup);
    }

    /** Where the backups lie, which every verb asks. */
    private abstract static class OnTarget extends ServerCommand {

        @Option(
                names = "--target",
                paramLabel = "FOLDER",
                description = "A folder of the server, below one that it allows; a relative one is below its default.")
        private String target = "";

        OnTarget(Cli cli) {
            super(cli);
        }

        ObjectNode request() {
            ObjectNode request = Json.object();
            if (!target.isEmpty()) {
                request.put("target", target);
            }
            return request;
        }

        String query(String separator) {
            return target.isEmpty() ? "" : separator + "target=" + RestClient.encode(target);
        }

        /** Makes the call, waits for the work that it starts, and prints what came out. */
        int run(String method, String path, Optional<JsonNode> body, String told) {
            RestAnswer end = await(method, path, body);
            show(
                    end,
                    () -> List.of(told + ": "
                            + end.json().path("result").properties().stream()
                                    .map(each -> each.getKey() + " " + Json.cell(each.getValue()))
                                    .collect(Collectors.joining(", "))));
            return ExitCode.DONE.number();
        }
    }

    /** Makes one. */
    @Command(
            name = "create",
            description = "Copy a collection. Files that the folder has from earlier backups are not written again.")
    static final class Create extends OnTarget {

        @Parameters(paramLabel = "COLLECTION")
        private String collection = "";

        @Option(names = "--base", paramLabel = "BACKUP", description = "Build upon this one, not upon the newest.")
        private @Nullable String base;

        Create(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = request().put("collection", collection);
            if (base != null) {
                request.put("base", base);
            }
            return run("POST", PATH, Optional.of(request), "backed up");
        }
    }

    /** All of them. */
    @Command(name = "list", description = "List the backups in a folder.")
    static final class ListAll extends OnTarget {

        @Option(names = "--collection", paramLabel = "NAME", description = "Of this collection only.")
        private String collection = "";

        ListAll(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            pages(PATH + "?collection=" + RestClient.encode(collection) + query("&"), (results, answer) -> {
                JsonNode backups = answer.json().path("backups");
                results.list(answer, backups, table(backups));
            });
            return ExitCode.DONE.number();
        }

        private static TextTable table(JsonNode backups) {
            TextTable table = new TextTable(
                    List.of("backup", "collection", "time", "records", "bytes", "new bytes", "shard", "from", "to"));
            for (JsonNode backup : backups) {
                JsonNode earliest = backup.path("earliest_position");
                JsonNode latest = backup.path("position");
                for (int i = 0; i < latest.size(); i++) {
                    boolean first = i == 0;
                    table.add(List.of(
                            first ? Json.cell(backup.path("id")) : "",
                            first ? Json.cell(backup.path("collection")) : "",
                            first ? Json.cell(backup.path("time")) : "",
                            first ? Json.cell(backup.path("records")) : "",
                            first ? Json.cell(backup.path("bytes")) : "",
                            first ? Json.cell(backup.path("new_bytes")) : "",
                            Json.cell(latest.path(i).path("shard")),
                            Json.cell(earliest.path(i).path("seq")),
                            Json.cell(latest.path(i).path("seq"))));
                }
            }
            return table;
        }
    }

    /** Checks one. */
    @Command(name = "verify", description = "Read every file of a backup and compare it with its hash.")
    static final class Verify extends OnTarget {

        @Parameters(paramLabel = "BACKUP")
        private String backup = "";

        Verify(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            return run("POST", path(backup) + "/verify", Optional.of(request()), "verified");
        }
    }

    /** Makes a collection of one. */
    @Command(name = "restore", description = "Make a new collection of a backup, here or in another cluster.")
    static final class Restore extends OnTarget {

        @Parameters(paramLabel = "BACKUP")
        private String backup = "";

        @Option(
                names = "--into",
                paramLabel = "NAME",
                description = "Name of the new collection (the one that was backed up).")
        private String into = "";

        @Option(
                names = "--position",
                paramLabel = "SHARD=SEQ",
                description = "Restore a shard as it was after this seq; see 'backup list' for the range.")
        private List<String> positions = new ArrayList<>();

        @Option(names = "--replicas", paramLabel = "N", description = "Replicas of each shard.")
        private int replicas;

        Restore(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            ObjectNode request = request();
            if (!into.isEmpty()) {
                request.put("into", into);
            }
            if (replicas > 0) {
                request.put("replicas", replicas);
            }
            if (!positions.isEmpty()) {
                ArrayNode list = request.putArray("position");
                positions.forEach(position -> list.add(position(position)));
            }
            return run("POST", path(backup) + "/restore", Optional.of(request), "restored");
        }

        private static ObjectNode position(String text) {
            int equals = text.lastIndexOf('=');
            try {
                return Json.object()
                        .put("shard", text.substring(0, Math.max(0, equals)))
                        .put("seq", Long.parseLong(text.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw new CliException(ExitCode.USAGE, "--position: expected SHARD=SEQ, received " + text);
            }
        }
    }

    /** Forgets one. */
    @Command(
            name = "delete",
            description = "Forget a backup, and remove the files that no other one needs and that are a day old.")
    static final class Delete extends OnTarget {

        @Parameters(paramLabel = "BACKUP")
        private String backup = "";

        Delete(Cli cli) {
            super(cli);
        }

        @Override
        public Integer call() {
            Confirm.require(cli(), "Delete the backup " + backup + "?");
            return run("DELETE", path(backup) + query("?"), Optional.empty(), "deleted");
        }
    }
}
