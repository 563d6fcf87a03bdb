package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

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

class VectorIndexConcurrencyTest {

    private static final int COUNT = 6_000;
    private static final int DIMENSION = 24;

    @Test
    void searchesDuringInsertionsSeeOnlyWholeNodesAndMissFew() throws InterruptedException, ExecutionException {
        SplittableRandom random = Seeds.random("VectorIndexConcurrencyTest");
        float[][] vectors = TestVectors.clustered(random, COUNT, DIMENSION, 20);
        VectorIndex index = new VectorIndex(Metric.COSINE, DIMENSION, HnswParameters.defaults());
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
            List<Future<Double>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SplittableRandom own = random.split();
                readers.add(executor.submit(reader(index, vectors, own, done)));
            }
            try {
                for (float[] vector : vectors) {
                    index.add(vector);
                }
            } finally {
                done.set(true);
            }
            for (Future<Double> reader : readers) {
                assertThat(reader.get()).isGreaterThanOrEqualTo(0.97);
            }
        }
        VectorIndex undisturbed = TestVectors.index(Metric.COSINE, vectors);
        for (float[] query : TestVectors.gaussians(random, 50, DIMENSION)) {
            SearchResult expected = undisturbed.search(query, 10, 20, NodeFilter.ALL);
            assertThat(index.search(query, 10, 20, NodeFilter.ALL).nodes()).isEqualTo(expected.nodes());
        }
    }

    /** Searches for vectors that are there, until done; returns how often they were found. */
    private static Callable<Double> reader(
            VectorIndex index, float[][] vectors, SplittableRandom random, AtomicBoolean done) {
        return () -> {
            int searches = 0;
            int found = 0;
            float[] out = new float[DIMENSION];
            while (!done.get() || searches == 0) {
                int before = index.size();
                if (before == 0) {
                    continue;
                }
                // The newest half the time: what size() tells must be found at once.
                int wanted = random.nextBoolean() ? before - 1 : random.nextInt(before);
                SearchResult result = index.search(vectors[wanted], 10, 50, NodeFilter.ALL);
                int after = index.size();
                assertThat(result.nodes()).doesNotHaveDuplicates();
                assertThat(IntStream.of(result.nodes())).allMatch(node -> node < after);
                assertThat(result.distances()).isSorted().doesNotContain(Double.NaN);
                index.vector(result.nodes()[0], out);
                assertThat(out).isEqualTo(vectors[result.nodes()[0]]);
                found += result.nodes()[0] == wanted ? 1 : 0;
                searches++;
            }
            return (double) found / searches;
        };
    }
}
