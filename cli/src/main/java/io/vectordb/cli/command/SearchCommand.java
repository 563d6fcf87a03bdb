package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ranked records that are near to a text, a vector or another record. */
@Command(name = "search", description = "Search by meaning; prints ranked passages with score and source.")
final class SearchCommand implements Callable<Integer> {

    private final Cli cli;

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "What to look for.")
    private @Nullable String text;

    @Mixin
    private Query query = new Query();

    @Option(names = "-k", paramLabel = "K", description = "How many hits (10).")
    private @Nullable Integer k;

    @Option(
            names = "--vector",
            paramLabel = "FILE",
            description = "Search by the vector in a file, a JSON array; - is the standard input.")
    private @Nullable String vector;

    @Option(names = "--like", paramLabel = "KEY", description = "Search by a record.")
    private @Nullable String like;

    @Option(names = "--field", paramLabel = "F", description = "Vector field, when there are several.")
    private @Nullable String field;

    @Option(names = "--ef", paramLabel = "N", description = "Effort of the graph search.")
    private @Nullable Integer ef;

    @Option(names = "--exact", description = "Without approximation.")
    private boolean exact;

    @Option(names = "--min-recall", paramLabel = "X", description = "Let the server choose the effort.")
    private @Nullable Double minRecall;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "semantic",
            description = "semantic, words or hybrid.")
    private String mode = "semantic";

    @Option(names = "--explain", description = "Tell how the hits came about.")
    private boolean explain;

    @Option(
            names = "--collection",
            paramLabel = "C",
            defaultValue = "filings",
            description = "Collection (${DEFAULT-VALUE}).")
    private String collection = "filings";

    SearchCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        ObjectNode request = request();
        try (RestClient client = cli.client(Retries.SHORT)) {
            RestAnswer answer = client.post(CollectionsCommand.path(collection) + "/search", request);
            JsonNode hits = answer.json().path("hits");
            switch (cli.output()) {
                case table -> new Hits(cli.console()).print(hits);
                case csv -> new Results(cli).list(answer, flat(hits));
                case json, ndjson -> new Results(cli).list(answer, hits);
            }
            answer.json().path("warnings").forEach(each -> cli.say("warning: " + Json.cell(each)));
            if (hits.isEmpty() && cli.output() == OutputMode.table) {
                cli.say("no hits");
            }
        }
        return ExitCode.DONE.number();
    }

    ObjectNode request() {
        refuseLater();
        ObjectNode request = Json.object();
        ObjectNode nearest = request.putObject("query").putObject("nearest");
        if (field != null) {
            nearest.put("field", field);
        }
        if ((text == null) == (vector == null)) {
            throw new CliException(ExitCode.USAGE, "search takes a TEXT or a --vector FILE, and not both");
        }
        if (text != null) {
            nearest.put("text", text);
        }
        if (vector != null) {
            nearest.set("vector", Bodies.json(vector));
        }
        if (ef != null) {
            nearest.put("ef_search", ef);
        }
        if (exact) {
            nearest.put("exact", true);
        }
        if (k != null) {
            request.put("k", k);
        }
        query.addFilter(request);
        query.addSelect(request);
        cli.addReadOptions(request);
        return request;
    }

    private void refuseLater() {
        if (like != null) {
            throw CliException.notAvailable("search --like");
        }
        if (minRecall != null) {
            throw CliException.notAvailable("search --min-recall");
        }
        if (explain) {
            throw CliException.notAvailable("search --explain");
        }
        switch (mode) {
            case "semantic" -> {}
            case "words", "hybrid" -> throw CliException.notAvailable("search --mode " + mode);
            default -> throw new CliException(ExitCode.USAGE, "--mode is semantic, words or hybrid, not " + mode);
        }
    }

    /** A row per hit: rank, score, key, then the fields. */
    private static List<JsonNode> flat(JsonNode hits) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode hit : hits) {
            ObjectNode row = Json.object().put("rank", rows.size() + 1);
            row.set("score", hit.path("score"));
            row.set("key", hit.path("key"));
            hit.path("fields").properties().forEach(each -> row.set(each.getKey(), each.getValue()));
            rows.add(row);
        }
        return rows;
    }
}
