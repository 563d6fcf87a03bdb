package io.vectordb.cli.command;

import io.vectordb.cli.load.FilingLoader;
import io.vectordb.cli.load.LoadReport;
import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.OutputMode;
import io.vectordb.cli.terminal.ProgressLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Filings of EDGAR into passages. */
@Command(
        name = "load",
        description =
                "Load EDGAR filings (folders, .htm, .txt, .gz) as passages with embeddings. Loading the same again changes nothing.")
final class LoadCommand implements Callable<Integer> {

    private static final Duration CHUNK = Duration.ofMinutes(10);
    private static final int MAX_JOBS = 16;

    private final Cli cli;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--collection",
            paramLabel = "C",
            defaultValue = "filings",
            description = "Collection; made if it is missing (${DEFAULT-VALUE}).")
    private String collection = "filings";

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Files read and requests written at once (processors, at most 4).")
    private int jobs = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);

    @Option(names = "--resume", description = "Go on after a load that was cut: what every load does.")
    private boolean resume;

    LoadCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw new CliException(ExitCode.USAGE, "--jobs is 1 to " + MAX_JOBS);
        }
        long began = System.nanoTime();
        AtomicBoolean ended = new AtomicBoolean();
        try (RestClient client = cli.patientClient(CHUNK);
                ProgressLine line = new ProgressLine(cli.console(), cli.quiet())) {
            FilingLoader loader = new FilingLoader(client, collection, jobs, progress(line, began));
            tellWhenInterrupted(line, ended, loader.report());
            try {
                loader.load(paths);
            } finally {
                ended.set(true);
                line.close();
                summary(loader.report(), Duration.ofNanos(System.nanoTime() - began));
            }
            return (loader.report().counts().anythingLoaded() ? ExitCode.DONE : ExitCode.REFUSED).number();
        }
    }

    private static FilingLoader.Progress progress(ProgressLine line, long began) {
        return new FilingLoader.Progress() {
            @Override
            public void created(String collection) {
                line.say("created the collection " + collection);
            }

            @Override
            public void at(int filesDone, int filesTotal, LoadReport.Counts counts) {
                double seconds = (System.nanoTime() - began) / 1e9;
                line.show(line.bar(filesDone, filesTotal)
                        + "%d of %d files, %,d passages stored, %,d unchanged, %.0f/s"
                                .formatted(
                                        filesDone,
                                        filesTotal,
                                        counts.stored(),
                                        counts.unchanged(),
                                        counts.stored() / Math.max(0.5, seconds)));
            }
        };
    }

    private static void tellWhenInterrupted(ProgressLine line, AtomicBoolean ended, LoadReport report) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            if (!ended.get()) {
                line.say("interrupted; %,d passages are stored and stay. The same command goes on from there"
                        .formatted(report.counts().stored()));
            }
        }));
    }

    private void summary(LoadReport report, Duration took) {
        LoadReport.Counts counts = report.counts();
        if (cli.output() != OutputMode.table) {
            cli.console().print(Json.write(json(report, took)));
            return;
        }
        int skipped = report.skipped().values().stream().mapToInt(List::size).sum();
        long passages = counts.created() + counts.changed() + counts.unchanged();
        print("files      %,d read with %,d filings, %,d skipped", counts.files(), counts.filings(), skipped);
        report.skipped().forEach((reason, files) -> {
            print("             %,d  %s", files.size(), reason);
            if (cli.verbose()) {
                files.forEach(file -> print("                %s", file));
            }
        });
        print(
                "passages   %,d: %,d new, %,d changed, %,d unchanged; %,d removed",
                passages, counts.created(), counts.changed(), counts.unchanged(), counts.removed());
        print("rejected   %,d", counts.rejected());
        report.rejected()
                .forEach(
                        (code, each) -> print("             %,d  %s, such as: %s", each.count(), code, each.example()));
        print("time       %s, %.1f passages/s", Durations.text(took), rate(counts, took));
        if (skipped > 0 && !cli.verbose()) {
            cli.say("-v lists the skipped files");
        }
    }

    private void print(String format, Object... values) {
        cli.console().print(String.format(Locale.ROOT, format, values));
    }

    private static double rate(LoadReport.Counts counts, Duration took) {
        return (counts.stored() + counts.unchanged()) / Math.max(0.001, took.toMillis() / 1000.0);
    }

    private static ObjectNode json(LoadReport report, Duration took) {
        LoadReport.Counts counts = report.counts();
        ObjectNode json = Json.object()
                .put("files", counts.files())
                .put("filings", counts.filings())
                .put("passages_new", counts.created())
                .put("passages_changed", counts.changed())
                .put("passages_unchanged", counts.unchanged())
                .put("passages_removed", counts.removed())
                .put("passages_stored", counts.stored())
                .put("passages_rejected", counts.rejected())
                .put("seconds", took.toMillis() / 1000.0);
        ObjectNode skipped = json.putObject("files_skipped");
        report.skipped().forEach((reason, files) -> skipped.put(reason, files.size()));
        ObjectNode rejected = json.putObject("rejected_by_code");
        report.rejected().forEach((code, each) -> rejected.put(code, each.count()));
        return json;
    }
}
