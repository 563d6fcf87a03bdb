package io.vectordb.cli.command;

import io.vectordb.cli.rest.BulkAnswer;
import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.ProgressLine;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends files of records, a line each, in order. */
@Command(name = "ingest", description = "Write the records in files of JSON lines.")
final class IngestCommand implements Callable<Integer> {

    private static final int LINES = 1_000;
    private static final int CHARS = 4 << 20;
    private static final Duration CHUNK = Duration.ofMinutes(10);

    private final Cli cli;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files of JSON lines, also .gz; - is the standard input.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--collection", required = true, paramLabel = "C", description = "Collection to write to.")
    private String collection = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "records",
            description = "records or ops (csv, parquet: not yet).")
    private String format = "records";

    @Option(names = "--rejects", paramLabel = "FILE", description = "Where refused lines go, each with its error.")
    private @Nullable Path rejects;

    @Option(names = "--direct", description = "Straight to the shards (the only way yet).")
    private boolean direct;

    private final Map<String, Long> refused = new TreeMap<>();
    private long succeeded;
    private long sent;

    IngestCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        if (!direct) {
            throw CliException.notAvailable("ingest without --direct");
        }
        switch (format) {
            case "records", "ops" -> {}
            case "csv", "parquet" -> throw CliException.notAvailable("ingest --format " + format);
            default -> throw new CliException(ExitCode.USAGE, "--format is records or ops, not " + format);
        }
        long began = System.nanoTime();
        try (RestClient client = cli.patientClient(CHUNK);
                ProgressLine progress = new ProgressLine(cli.console(), cli.quiet());
                BufferedWriter rejected = rejects == null ? null : Files.newBufferedWriter(rejects)) {
            for (String file : files) {
                send(client, file, progress, rejected);
            }
        }
        summary(Duration.ofNanos(System.nanoTime() - began));
        return (refused.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED).number();
    }

    private void send(RestClient client, String file, ProgressLine progress, @Nullable BufferedWriter rejected)
            throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Bodies.open(file), StandardCharsets.UTF_8))) {
            List<Line> chunk = new ArrayList<>();
            int chars = 0;
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                if (!chunk.isEmpty() && (chunk.size() == LINES || chars + line.length() > CHARS)) {
                    send(client, file, chunk, rejected);
                    progress.show(sent + " lines, "
                            + refused.values().stream().mapToLong(n -> n).sum() + " refused");
                    chunk.clear();
                    chars = 0;
                }
                chunk.add(new Line(number, line));
                chars += line.length() + 1;
            }
            if (!chunk.isEmpty()) {
                send(client, file, chunk, rejected);
            }
        }
    }

    /** @param number in its file, from 1 */
    private record Line(long number, String text) {}

    private void send(RestClient client, String file, List<Line> chunk, @Nullable BufferedWriter rejected)
            throws IOException {
        StringBuilder body = new StringBuilder();
        chunk.forEach(line -> body.append(line.text()).append('\n'));
        String path = CollectionsCommand.path(collection) + "/bulk-write?report=failed&format=" + format;
        BulkAnswer answer = BulkAnswer.read(client.bulk(path, body.toString()));
        sent += chunk.size();
        succeeded += answer.succeeded();
        for (BulkAnswer.Failure failure : answer.failures()) {
            refused.merge(failure.code(), 1L, Long::sum);
            Line line = chunk.get((int) failure.line() - 1);
            if (cli.verbose() || rejected == null && refused.getOrDefault(failure.code(), 0L) <= 1) {
                cli.say(file + ", line " + line.number() + ": " + failure.message() + " (" + failure.code() + ")");
            }
            if (rejected != null) {
                rejected.write(Json.write(reject(file, line, failure)));
                rejected.newLine();
            }
        }
    }

    private static ObjectNode reject(String file, Line line, BulkAnswer.Failure failure) {
        ObjectNode reject = Json.object().put("file", file).put("line", line.number());
        reject.putObject("error").put("code", failure.code()).put("message", failure.message());
        JsonNode content;
        try {
            content = Json.parse(line.text());
        } catch (JacksonException e) {
            content = Json.text(line.text());
        }
        reject.set("content", content);
        return reject;
    }

    private void summary(Duration took) {
        double seconds = Math.max(0.001, took.toMillis() / 1000.0);
        cli.say(sent + " lines in " + Durations.text(took) + " (" + Math.round(sent / seconds) + "/s), " + succeeded
                + " written, " + refused.values().stream().mapToLong(n -> n).sum() + " refused");
        refused.forEach((code, count) -> cli.say("  " + code + "  " + count));
    }
}
