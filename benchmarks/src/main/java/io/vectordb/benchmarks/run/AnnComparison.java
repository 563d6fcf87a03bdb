package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.peer.Catalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Builds and searches all engines on one data set, in turns. */
public final class AnnComparison {

    private final AnnOptions options;
    private final Dataset dataset;
    private final Path folder;
    private final Consumer<String> progress;

    public AnnComparison(AnnOptions options, Dataset dataset, Path folder, Consumer<String> progress) {
        this.options = options;
        this.dataset = dataset;
        this.folder = folder;
        this.progress = progress;
    }

    public AnnReport run() throws IOException {
        try (Sessions sessions = new Sessions(
                catalog(dataset, options, folder, progress).available(options.engines()),
                dataset,
                options,
                folder,
                progress)) {
            sessions.build();
            sessions.warmUp();
            sessions.search();
            return new AnnReport(
                    options,
                    dataset,
                    sessions.all().stream().map(Session::result).toList());
        }
    }

    static Catalog catalog(Dataset dataset, AnnOptions options, Path folder, Consumer<String> progress) {
        return new Catalog(
                dataset,
                new Catalog.Settings(
                        options.m(),
                        options.efConstruction(),
                        folder.resolve("drivers"),
                        options.python(),
                        options.jvmFlags()),
                progress);
    }
}
