package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.ExactNeighbors;
import io.vectordb.benchmarks.engine.EngineSettings;
import io.vectordb.benchmarks.engine.ReplacingIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Ours after half of the records were replaced at random, beside a fresh build of what there is then.
 *
 * <p>The first two thirds of the vectors are added; then half of them, chosen at random, are removed one by one, and for
 * each one of the last third is added.
 */
public final class ChurnRun {

    private static final long SEED = 7;

    private final AnnOptions options;
    private final Dataset dataset;
    private final Consumer<String> progress;

    public ChurnRun(AnnOptions options, Dataset dataset, Consumer<String> progress) {
        this.options = options;
        this.dataset = dataset;
        this.progress = progress;
    }

    /** Recall at one beam of both indexes. */
    public record Line(int ef, double replaced, double fresh) {}

    /** What it came to, and what the indexes took. */
    public record Outcome(
            List<Line> lines, int records, double replacementsPerSecond, long replacedBytes, long freshBytes) {}

    public Outcome run() throws IOException {
        int third = dataset.base().size() / 3;
        EngineSettings settings = new EngineSettings(
                dataset.similarity(), dataset.base().dimension(), options.m(), options.efConstruction());
        Allowed remaining = new Allowed(dataset.base().size());
        try (ReplacingIndex replaced = new ReplacingIndex(settings);
                ReplacingIndex fresh = new ReplacingIndex(settings)) {
            progress.accept("adding " + 2 * third + " vectors");
            List<Integer> present = new ArrayList<>();
            for (int i = 0; i < 2 * third; i++) {
                replaced.add(i, dataset.base().get(i));
                present.add(i);
            }
            progress.accept("replacing " + third);
            SplittableRandom random = new SplittableRandom(SEED);
            long begin = System.nanoTime();
            for (int i = 2 * third; i < 3 * third; i++) {
                int chosen = random.nextInt(present.size());
                int last = present.removeLast();
                replaced.remove(chosen == present.size() ? last : present.set(chosen, last));
                replaced.add(i, dataset.base().get(i));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            for (int i = 2 * third; i < 3 * third; i++) {
                present.add(i);
            }
            progress.accept("building what there is anew");
            for (int id : present) {
                fresh.add(id, dataset.base().get(id));
                remaining.add(id);
            }
            return new Outcome(
                    lines(replaced, fresh, remaining),
                    present.size(),
                    third / seconds,
                    replaced.memoryBytes(),
                    fresh.memoryBytes());
        }
    }

    private List<Line> lines(ReplacingIndex replaced, ReplacingIndex fresh, Allowed remaining) throws IOException {
        float[][] queries = dataset.queries().toArrays();
        int[][] exact =
                new ExactNeighbors(dataset.base(), dataset.similarity()).of(queries, AnnReport.K, query -> remaining);
        List<Line> lines = new ArrayList<>();
        for (int ef : options.beams()) {
            lines.add(new Line(ef, recall(replaced, queries, ef, exact), recall(fresh, queries, ef, exact)));
        }
        return lines;
    }

    private static double recall(ReplacingIndex index, float[][] queries, int ef, int[][] exact) {
        int[][] found = new int[queries.length][];
        for (int i = 0; i < queries.length; i++) {
            found[i] = index.search(queries[i], ef, AnnReport.K);
        }
        return Recall.at(AnnReport.K, found, exact);
    }
}
