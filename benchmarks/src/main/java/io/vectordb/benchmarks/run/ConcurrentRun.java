package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.ExactNeighbors;
import io.vectordb.benchmarks.data.IdFile;
import io.vectordb.benchmarks.engine.Engines;
import io.vectordb.benchmarks.engine.Message;
import io.vectordb.benchmarks.peer.EngineLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ours, searched by one thread while another adds the last tenth of the vectors, beside the same index before that.
 *
 * <p>The recall during the inserts is that among the vectors that were there from the beginning; which of the new ones
 * a search should have found depends on the moment.
 */
public final class ConcurrentRun {

    private static final double INITIAL = 0.5;
    private static final double IDLE_SECONDS = 3;

    private final AnnOptions options;
    private final Dataset dataset;
    private final Path folder;
    private final Consumer<String> progress;

    public ConcurrentRun(AnnOptions options, Dataset dataset, Path folder, Consumer<String> progress) {
        this.options = options;
        this.dataset = dataset;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * One run with one beam.
     *
     * @param idleQps of the index before the inserts
     * @param busyQps during them
     */
    public record Line(String engine, int ef, double idleQps, double busyQps, double insertsPerSecond, double recall) {}

    public List<Line> run() throws IOException {
        int initial = (int) (dataset.base().size() * INITIAL);
        Allowed first = new Allowed(dataset.base().size());
        for (int i = 0; i < initial; i++) {
            first.add(i);
        }
        int[][] exact = new ExactNeighbors(dataset.base(), dataset.similarity())
                .of(dataset.queries().toArrays(), AnnReport.K, query -> first);
        Set<String> wanted = new LinkedHashSet<>(options.engines());
        wanted.retainAll(Engines.OWN);
        List<Line> lines = new ArrayList<>();
        for (EngineLaunch launch :
                AnnComparison.catalog(dataset, options, folder, progress).available(wanted)) {
            try (Session session = new Session(launch, dataset, options.clock(), folder)) {
                progress.accept(launch.name() + " grows once unmeasured, until it is compiled");
                measure(session, options.beams().getFirst(), initial, exact);
                for (int round = 0; round < options.buildRounds(); round++) {
                    for (int ef : options.beams()) {
                        progress.accept(launch.name() + " grows, ef " + ef);
                        lines.add(measure(session, ef, initial, exact));
                    }
                }
            } catch (UnsupportedOperationException e) {
                progress.accept(launch.name() + " is left out: " + e.getMessage());
            }
        }
        return lines;
    }

    private Line measure(Session session, int ef, int initial, int[][] exact) {
        Message grown = session.ask(new Message("grow")
                .with("initial", initial)
                .with("seconds", IDLE_SECONDS)
                .with("ef", ef)
                .with("k", AnnReport.K)
                .with("out", session.ids()));
        return new Line(
                session.launch().label(),
                ef,
                grown.decimal("idle_qps_" + options.clock().word()),
                grown.decimal("busy_qps_" + options.clock().word()),
                grown.decimal("inserts_per_second"),
                Recall.whileGrowing(initial, IdFile.read(session.ids()), exact));
    }
}
