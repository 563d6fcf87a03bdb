package io.vectordb.benchmarks;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.DatasetRequest;
import io.vectordb.benchmarks.data.Datasets;
import io.vectordb.benchmarks.freshness.FreshnessBenchmark;
import io.vectordb.benchmarks.report.ChurnTable;
import io.vectordb.benchmarks.report.ComparisonTable;
import io.vectordb.benchmarks.report.ConcurrentTable;
import io.vectordb.benchmarks.report.ResultsJson;
import io.vectordb.benchmarks.report.SvgPlot;
import io.vectordb.benchmarks.run.AnnComparison;
import io.vectordb.benchmarks.run.AnnOptions;
import io.vectordb.benchmarks.run.AnnReport;
import io.vectordb.benchmarks.run.ChurnRun;
import io.vectordb.benchmarks.run.ConcurrentRun;
import io.vectordb.benchmarks.run.FilteredRun;
import io.vectordb.benchmarks.segments.SegmentsBenchmark;
import io.vectordb.benchmarks.storage.StorageBenchmark;
import io.vectordb.benchmarks.storage.StorageOptions;
import io.vectordb.common.VectorDbException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The entry point, called by {@code ./vectordb bench}. Results go to standard output, progress to standard error. */
public final class Main {

    private static final int WRONG_USAGE = 2;

    private final Path root;
    private final PrintStream out;
    private final PrintStream err;

    private Main(Path root, PrintStream out, PrintStream err) {
        this.root = root;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        Path root = Path.of(System.getProperty("vectordb.root", ".")).toAbsolutePath();
        System.exit(new Main(root, out, err).run(List.of(arguments)));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private int run(List<String> arguments) {
        boolean storage = !arguments.isEmpty() && arguments.getFirst().equals("storage");
        if (storage && arguments.contains("--help")) {
            out.print(StorageBenchmark.USAGE);
            return 0;
        }
        boolean segments = !arguments.isEmpty() && arguments.getFirst().equals("segments");
        if (segments && arguments.contains("--help")) {
            out.print(SegmentsBenchmark.USAGE);
            return 0;
        }
        boolean freshness = !arguments.isEmpty() && arguments.getFirst().equals("freshness");
        if (freshness && arguments.contains("--help")) {
            out.print(FreshnessBenchmark.USAGE);
            return 0;
        }
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(AnnOptions.USAGE);
            return 0;
        }
        if (arguments.isEmpty()
                || !(storage || segments || freshness || arguments.getFirst().equals("ann"))) {
            err.print(AnnOptions.USAGE);
            return WRONG_USAGE;
        }
        try {
            List<String> rest = arguments.subList(1, arguments.size());
            if (storage) {
                out.print(new StorageBenchmark(root, StorageOptions.parse(rest), err::println).run());
            } else if (segments) {
                segments(rest);
            } else if (freshness) {
                freshness(rest);
            } else {
                ann(AnnOptions.parse(rest));
            }
            return 0;
        } catch (VectorDbException e) {
            err.println("error: " + e.getMessage());
            return e.code().httpStatus() < 500 ? WRONG_USAGE : 1;
        } catch (IOException e) {
            err.println("error: " + e);
            return 1;
        }
    }

    private void segments(List<String> arguments) throws IOException {
        int rounds = Integer.parseInt(option(arguments, "--rounds", "5"));
        String name =
                arguments.isEmpty() || arguments.getFirst().startsWith("-") ? "sec-minilm-384" : arguments.getFirst();
        Path target = root.resolve("benchmarks/target");
        Dataset dataset = Datasets.resolve(
                new DatasetRequest(
                        name, null, null, root.resolve("../shared/data/ann").normalize(), target.resolve("ann-data")),
                err::println);
        out.print(new SegmentsBenchmark(dataset, target.resolve("segments"), rounds, err::println).run());
    }

    private void freshness(List<String> arguments) {
        String address = option(arguments, "--grpc", "127.0.0.1:9090");
        int samples = Integer.parseInt(option(arguments, "--samples", "1000"));
        int rate = Integer.parseInt(option(arguments, "--rate", "500"));
        out.print(FreshnessBenchmark.run(address, samples, rate, err::println));
    }

    private static String option(List<String> arguments, String name, String otherwise) {
        int at = arguments.indexOf(name);
        return at < 0 ? otherwise : arguments.get(at + 1);
    }

    private void ann(AnnOptions options) throws IOException {
        Path target = root.resolve("benchmarks/target");
        Dataset dataset = Datasets.resolve(
                new DatasetRequest(
                        options.dataset(),
                        options.queries(),
                        options.similarity(),
                        root.resolve("../shared/data/ann").normalize(),
                        target.resolve("ann-data")),
                err::println);
        Path folder =
                options.out() != null ? options.out() : target.resolve("ann").resolve(folderName(options, dataset));
        Files.createDirectories(folder);
        switch (options.mode()) {
            case COMPARE -> report(new AnnComparison(options, dataset, folder, err::println).run(), folder, "");
            case FILTERED -> report(new FilteredRun(options, dataset, folder, err::println).run(), folder, "filtered-");
            case CONCURRENT -> {
                List<ConcurrentRun.Line> lines = new ConcurrentRun(options, dataset, folder, err::println).run();
                print(ConcurrentTable.of(dataset, lines), folder.resolve("concurrent-table.md"));
            }
            case CHURN ->
                print(
                        ChurnTable.of(dataset, new ChurnRun(options, dataset, err::println).run()),
                        folder.resolve("churn-table.md"));
        }
    }

    /** Runs with other parameters do not overwrite each other. */
    private static String folderName(AnnOptions options, Dataset dataset) {
        boolean usual = options.m() == AnnOptions.M && options.efConstruction() == AnnOptions.EF_CONSTRUCTION;
        return dataset.name() + (usual ? "" : "-m" + options.m() + "-ef" + options.efConstruction());
    }

    private void report(AnnReport report, Path folder, String prefix) throws IOException {
        Files.writeString(folder.resolve(prefix + "results.json"), ResultsJson.of(report));
        Files.writeString(folder.resolve(prefix + "plot.svg"), SvgPlot.of(report));
        print(ComparisonTable.of(report), folder.resolve(prefix + "table.md"));
    }

    private void print(String table, Path file) throws IOException {
        Files.writeString(file, table);
        out.print(table);
        err.println("written to " + file.getParent());
    }
}
