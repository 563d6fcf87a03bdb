package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowingVectorIndexConcurrencyTest {

    private static final int COUNT = 6_000;
    private static final int DIMENSION = 24;
    /** So many that the share found is not left to chance where a reader got little time during the insertions. */
    private static final int LEAST_SEARCHES = 1_000;

    @Test
    void searchesDuringInsertionsSeeOnlyWholeNodesAndMissFew() throws InterruptedException, ExecutionException {
        SplittableRandom random = Seeds.splittable(GrowingVectorIndexConcurrencyTest.class);
        float[][] vectors = TestVectors.clustered(random, COUNT, DIMENSION, 20);
        GrowingVectorIndex index = TestVectors.empty(Metric.COSINE, DIMENSION);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
            List<Future<Double>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SplittableRandom own = random.split();
                readers.add(executor.submit(reader(index, vectors, own, done)));
            }
            try {
                for (int i = 0; i < vectors.length; i++) {
                    index.add(i, vectors[i]);
                }
            } finally {
                done.set(true);
            }
            for (Future<Double> reader : readers) {
                assertThat(reader.get()).isGreaterThanOrEqualTo(0.97);
            }
        }
        GrowingVectorIndex undisturbed = TestVectors.index(Metric.COSINE, vectors);
        for (float[] query : TestVectors.gaussians(random, 50, DIMENSION)) {
            SearchResult expected = undisturbed.search(query, 10, 20, OrdinalFilter.ALL);
            assertThat(index.search(query, 10, 20, OrdinalFilter.ALL).ordinals())
                    .isEqualTo(expected.ordinals());
        }
    }

    /** Searches for vectors that are there, until done; returns how often they were found. */
    private static Callable<Double> reader(
            GrowingVectorIndex index, float[][] vectors, SplittableRandom random, AtomicBoolean done) {
        return () -> {
            int searches = 0;
            int found = 0;
            float[] out = new float[DIMENSION];
            while (!done.get() || searches < LEAST_SEARCHES) {
                int before = index.size();
                if (before == 0) {
                    continue;
                }
                // The newest half the time: what size() tells must be found at once.
                int wanted = random.nextBoolean() ? before - 1 : random.nextInt(before);
                SearchResult result = index.search(vectors[wanted], 10, 50, OrdinalFilter.ALL);
                int after = index.size();
                assertThat(result.ordinals()).doesNotHaveDuplicates();
                // The one that is being added may be found a moment before it is counted.
                assertThat(IntStream.of(result.ordinals())).allMatch(node -> node <= after);
                assertThat(result.distances()).isSorted().doesNotContain(Double.NaN);
                index.vector(result.ordinals()[0], out);
                assertThat(out).isEqualTo(vectors[result.ordinals()[0]]);
                found += result.ordinals()[0] == wanted ? 1 : 0;
                searches++;
            }
            return (double) found / searches;
        };
    }
}
