package io.vectordb.cli.command;

import static io.vectordb.cli.command.AdminCommand.cell;
import static io.vectordb.cli.command.AdminCommand.known;

import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import io.vectordb.cli.terminal.TextTable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What index nodes search: how current it is, what it is made of, and what is being built. */
@Command(
        name = "index",
        description = {
            "List what index nodes hold of each shard: records, segments, dead rows, how current it is, what is being built.",
            "Lists the segments too when a shard is named, or with --verbose."
        })
final class IndexCommand extends ServerCommand {

    private static final double MEGABYTE = 1e6;
    private static final String FILES = "files";
    /** The part of a seq that is a log index, as watermarks are. */
    private static final long LOG_INDEX = (1L << 40) - 1;

    @Parameters(paramLabel = "SHARD", arity = "0..1", description = "This shard only, with its segments.")
    private String shard = "";

    @Option(names = "--collection", paramLabel = "NAME", description = "Of this collection only.")
    private String collection = "";

    @Option(names = "--node", paramLabel = "NODE", description = "On this node only.")
    private String node = "";

    IndexCommand(Cli cli) {
        super(cli);
    }

    /** What a node has of a shard. */
    private record View(String shard, JsonNode json) {

        String node() {
            return cell(json, "node");
        }

        /** Whether there is something to search. */
        boolean isThere() {
            return !json.path("segment_list").isEmpty();
        }

        long segments(boolean inFiles) {
            return json.path("segment_list")
                    .valueStream()
                    .filter(each -> inFiles == cell(each, "place").equals(FILES))
                    .count();
        }
    }

    @Override
    public Integer call() {
        String path = "/v1/shards?collection=" + RestClient.encode(collection) + "&node=" + RestClient.encode(node)
                + "&shard=" + RestClient.encode(shard);
        pages(path, this::show);
        return ExitCode.DONE.number();
    }

    private void show(Results results, RestAnswer answer) {
        JsonNode shards = answer.json().path("shards");
        List<View> views = new ArrayList<>();
        for (JsonNode each : shards) {
            for (JsonNode view : each.path("views")) {
                if (node.isEmpty() || cell(view, "node").equals(node)) {
                    views.add(new View(cell(each, "id"), view));
                }
            }
        }
        results.list(answer, shards, table(views));
        if (cli().output() == OutputMode.table && (!shard.isEmpty() || cli().verbose())) {
            cli().console().print("");
            segments(views).lines(cli().console()).forEach(cli().console()::print);
        }
    }

    private static TextTable table(List<View> views) {
        TextTable table = new TextTable(List.of(
                "shard",
                "node",
                "state",
                "records",
                "files",
                "memory",
                "dead %",
                "watermark",
                "lag",
                "confirmed",
                "memory MB",
                "mapped MB",
                "building",
                "reason"));
        for (View view : views) {
            JsonNode json = view.json();
            boolean there = view.isThere();
            table.add(List.of(
                    view.shard(),
                    view.node(),
                    cell(json, "state"),
                    there ? cell(json, "records") : "",
                    there ? String.valueOf(view.segments(true)) : "",
                    there ? String.valueOf(view.segments(false)) : "",
                    there ? deadShare(json, "rows", "records") : "",
                    known(json, "watermark"),
                    known(json, "lag"),
                    ago(json),
                    there ? megabytes(json, "memory_bytes") : "",
                    there ? megabytes(json, "mapped_bytes") : "",
                    build(json.path("build")),
                    cell(json, "reason")));
        }
        return table;
    }

    private static TextTable segments(List<View> views) {
        TextTable table = new TextTable(List.of(
                "shard", "node", "behind", "up to", "place", "rows", "live", "dead %", "memory MB", "mapped MB"));
        for (View view : views) {
            for (JsonNode segment : view.json().path("segment_list")) {
                table.add(List.of(
                        view.shard(),
                        view.node(),
                        logIndex(segment, "from_seq"),
                        logIndex(segment, "to_seq"),
                        cell(segment, "place"),
                        cell(segment, "rows"),
                        cell(segment, "live_rows"),
                        deadShare(segment, "rows", "live_rows"),
                        megabytes(segment, "memory_bytes"),
                        megabytes(segment, "mapped_bytes")));
            }
        }
        return table;
    }

    /** Empty where there are no rows. */
    private static String deadShare(JsonNode item, String rows, String live) {
        long all = number(item, rows);
        return all == 0 ? "" : String.format(Locale.ROOT, "%.1f", 100.0 * (all - number(item, live)) / all);
    }

    private static String megabytes(JsonNode item, String member) {
        return String.format(Locale.ROOT, "%.1f", number(item, member) / MEGABYTE);
    }

    private static long number(JsonNode item, String member) {
        return item.path(member).asLong(0);
    }

    private static String logIndex(JsonNode item, String member) {
        return String.valueOf(number(item, member) & LOG_INDEX);
    }

    private static String ago(JsonNode view) {
        return view.has("since_confirmed") ? duration(cell(view, "since_confirmed")) + " ago" : "";
    }

    private static String build(JsonNode build) {
        if (!build.has("phase")) {
            return "";
        }
        String range = number(build, "to_seq") == 0
                ? ""
                : " (" + logIndex(build, "from_seq") + ", " + logIndex(build, "to_seq") + "]";
        return cell(build, "phase") + range + " for " + duration(cell(build, "since_phase"));
    }

    /** Of the form that the API writes, such as {@code 0.012345s}. */
    private static String duration(String seconds) {
        BigDecimal number = new BigDecimal(seconds.endsWith("s") ? seconds.substring(0, seconds.length() - 1) : "0");
        return Durations.text(Duration.ofMillis(number.movePointRight(3).longValue()));
    }
}
