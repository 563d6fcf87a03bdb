package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemovalConcurrencyTest {

    private static final int WRITERS = 3;
    private static final int READERS = 2;
    private static final int STABLE = 500;
    private static final int STEPS = 6_000;
    private static final int K = 10;

    private final SplittableRandom random = Seeds.splittable(RemovalConcurrencyTest.class);

    /** Everything that has happened, by ordinals that are never used twice. */
    private static final class History {
        final float[][] vectors;
        final GrowingVectorIndex index;
        final AtomicInteger nextOrdinal = new AtomicInteger();
        final AtomicInteger clock = new AtomicInteger();
        /** When the removal of an ordinal had returned; 0 before. */
        final AtomicIntegerArray removedAt = new AtomicIntegerArray(STABLE + WRITERS * STEPS);

        final AtomicBoolean done = new AtomicBoolean();

        History(Metric metric, float[][] vectors) {
            this.vectors = vectors;
            index = TestVectors.empty(metric, vectors[0].length);
        }

        float[] vector(int ordinal) {
            return vectors[ordinal % vectors.length];
        }
    }

    @ParameterizedTest
    @CsvSource({"L2,8", "COSINE,32"})
    void searchesBesideWritersReturnWhatIsThereAtItsTrueDistance(Metric metric, int dimension)
            throws InterruptedException, ExecutionException {
        float[][] vectors = TestVectors.clustered(random, 2_000, dimension, 10);
        for (int i = 0; i < 50; i++) {
            vectors[40 * i + 7] = vectors[7];
        }
        History history = new History(metric, vectors);
        for (int i = 0; i < STABLE; i++) {
            int ordinal = history.nextOrdinal.getAndIncrement();
            history.index.add(ordinal, history.vector(ordinal));
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS + READERS)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(executor.submit(reader(history, random.split())));
            }
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(executor.submit(writer(history, random.split())));
            }
            int left = STABLE;
            try {
                for (Future<Integer> writer : writers) {
                    left += writer.get();
                }
            } finally {
                history.done.set(true);
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
            assertThat(history.index.size()).isEqualTo(left);
        }
        RemovalRandomizedTest.assertInvariants(history.index, false);
        // What stood in a chain that others chose meanwhile needs a second batch.
        history.index.repair();
        RemovalRandomizedTest.assertInvariants(history.index, true);
        float[][] queries = TestVectors.gaussians(random, 50, dimension);
        assertThat(TestVectors.recall(history.index, queries, K, 200)).isGreaterThanOrEqualTo(0.9);
    }

    /** Adds and removes records of its own; returns how many are left. */
    private static Callable<Integer> writer(History history, SplittableRandom random) {
        return () -> {
            List<int[]> own = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                int wanted = step / 1_000 % 2 == 0 ? 70 : 35;
                if (own.isEmpty() || random.nextInt(100) < wanted) {
                    int ordinal = history.nextOrdinal.getAndIncrement();
                    own.add(new int[] {ordinal, history.index.add(ordinal, history.vector(ordinal))});
                } else {
                    int[] gone = own.remove(random.nextInt(own.size()));
                    assertThat(history.index.remove(gone[1])).isTrue();
                    history.removedAt.set(gone[0], history.clock.incrementAndGet());
                }
            }
            return own.size();
        };
    }

    /** Searches until done; returns how often. */
    private static Callable<Integer> reader(History history, SplittableRandom random) {
        return () -> {
            int searches = 0;
            while (!history.done.get()) {
                float[] query = TestVectors.gaussian(random, history.vectors[0].length);
                int began = history.clock.get();
                SearchResult result = random.nextInt(4) == 0
                        ? history.index.searchExact(query, K, OrdinalFilter.ALL)
                        : history.index.search(query, K, random.nextInt(1, 80), OrdinalFilter.ALL);
                assertThat(result.ordinals()).hasSize(K).doesNotHaveDuplicates();
                assertThat(result.distances()).isSorted();
                for (int i = 0; i < K; i++) {
                    int ordinal = result.ordinals()[i];
                    int removedAt = history.removedAt.get(ordinal);
                    assertThat(removedAt == 0 || removedAt > began)
                            .as("ordinal %d, removed at %d, found by a search of %d", ordinal, removedAt, began)
                            .isTrue();
                    assertThat(result.distances()[i])
                            .isEqualTo(RemovalRandomizedTest.distance(
                                    history.index.metric(), query, history.vector(ordinal)));
                }
                searches++;
            }
            return searches;
        };
    }

    @Test
    void severalThreadsBuildAsGoodAGraphAsOne() throws InterruptedException, ExecutionException {
        float[][] all = TestVectors.clustered(random, 9_000, 32, 40);
        float[][] vectors = Arrays.copyOf(all, 8_000);
        float[][] queries = Arrays.copyOfRange(all, 8_000, 9_000);
        GrowingVectorIndex together = TestVectors.empty(Metric.COSINE, 32);
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(executor.submit(() -> {
                    for (int at = next.getAndIncrement(); at < vectors.length; at = next.getAndIncrement()) {
                        together.add(at, vectors[at]);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(together.size()).isEqualTo(vectors.length);
        RemovalRandomizedTest.assertInvariants(together, false);
        double alone = TestVectors.recall(TestVectors.index(Metric.COSINE, vectors), queries, 10, 60);
        assertThat(TestVectors.recall(together, queries, 10, 60)).isGreaterThanOrEqualTo(alone - 0.01);
    }
}
