package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.ExactNeighbors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A filter to search under.
 *
 * @param name in files
 * @param label in tables and plots
 * @param allowed one set for all queries, or one for each
 */
record FilterCase(String name, String label, List<Allowed> allowed) {

    /** The parts of the vectors that random filters let pass. */
    static final List<Double> SELECTIVITIES = List.of(0.001, 0.01, 0.1, 0.5, 0.9);

    /** The part that is allowed under the filter that goes against the query: that which is farthest from it. */
    static final double FARTHEST = 0.1;

    private static final long SEED = 7;

    FilterCase {
        allowed = List.copyOf(allowed);
    }

    /** The random ones, seeded, from the strictest on. */
    static List<FilterCase> random(int size) {
        Random random = new Random(SEED);
        List<FilterCase> cases = new ArrayList<>();
        for (double selectivity : SELECTIVITIES) {
            Allowed allowed = new Allowed(size);
            for (int i = 0; i < size; i++) {
                if (random.nextDouble() < selectivity) {
                    allowed.add(i);
                }
            }
            String percent = String.format(Locale.ROOT, selectivity < 0.01 ? "%.1f" : "%.0f", 100 * selectivity);
            cases.add(new FilterCase("random-" + percent, percent + " % at random", List.of(allowed)));
        }
        return cases;
    }

    /** For each query the tenth of the vectors that is farthest from it: where the graph leads, nothing passes. */
    static FilterCase farthest(Dataset dataset) {
        ExactNeighbors distances = new ExactNeighbors(dataset.base(), dataset.similarity());
        float[][] queries = dataset.queries().toArrays();
        List<Allowed> allowed = IntStream.range(0, queries.length)
                .parallel()
                .mapToObj(query -> farthest(distances.distances(queries[query])))
                .toList();
        return new FilterCase("farthest-10", "farthest 10 %", allowed);
    }

    private static Allowed farthest(float[] distances) {
        float[] sorted = distances.clone();
        Arrays.sort(sorted);
        float least = sorted[(int) (sorted.length * (1 - FARTHEST))];
        Allowed allowed = new Allowed(distances.length);
        for (int i = 0; i < distances.length; i++) {
            if (distances[i] >= least) {
                allowed.add(i);
            }
        }
        return allowed;
    }

    Allowed allowed(int query) {
        return allowed.size() == 1 ? allowed.getFirst() : allowed.get(query);
    }
}
