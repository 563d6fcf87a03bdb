package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FilteredSearchRandomizedTest {

    private static final int COUNT = 4_000;
    /** So many that a query whose walk ends in the wrong one of clusters that lie far apart does not decide. */
    private static final int QUERIES = 100;

    private final SplittableRandom random = Seeds.splittable(FilteredSearchRandomizedTest.class);

    @ParameterizedTest
    @CsvSource({"COSINE,3", "COSINE,64", "DOT,30", "L2,1", "L2,40", "L2,512"})
    void everyPlanFindsNearlyAllWhateverTheShareThatPasses(Metric metric, int dimension) {
        int count = dimension > 100 ? 1_500 : COUNT;
        float[][] vectors = TestVectors.clustered(random, count + QUERIES, dimension, 25);
        GrowingVectorIndex index = TestVectors.index(metric, Arrays.copyOf(vectors, count));
        float[][] queries = Arrays.copyOfRange(vectors, count, count + QUERIES);
        // A walk by inner products misses some, filter or none.
        double least = metric == Metric.DOT ? 0.9 : 0.95;
        for (double share : new double[] {0.001, 0.01, 0.1, 0.5, 0.9}) {
            OrdinalSet set = OrdinalSet.matching(count, ordinal -> random.nextDouble() < share);
            OrdinalFilter predicate = set::test;
            assertThat(recall(index, queries, set, null)).isGreaterThanOrEqualTo(least);
            assertThat(recall(index, queries, predicate, null)).isGreaterThanOrEqualTo(least);
            assertThat(recall(index, queries, predicate.withEstimates(share, 1_000), null))
                    .isGreaterThanOrEqualTo(least);
            assertThat(recall(index, queries, set, FilterPlan.SCAN)).isGreaterThanOrEqualTo(0.97);
            if (metric != Metric.DOT) {
                assertThat(recall(index, queries, predicate, FilterPlan.WALK)).isGreaterThanOrEqualTo(0.95);
            }
            if (share > 0.05 && metric != Metric.DOT && dimension > 30) {
                assertThat(recall(index, queries, predicate, FilterPlan.TWO_HOP))
                        .isGreaterThanOrEqualTo(0.9);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatPassesIsFoundWhereItIsFarFromTheQuery(Metric metric) {
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.clustered(random, COUNT, 48, 25));
        int found = 0;
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, 48);
            int[] byDistance =
                    index.searchExact(query, COUNT, OrdinalFilter.ALL).ordinals();
            OrdinalSet farthest = OrdinalSet.of(Arrays.copyOfRange(byDistance, COUNT - COUNT / 10, COUNT));
            int[] wanted = Arrays.copyOfRange(byDistance, COUNT - COUNT / 10, COUNT - COUNT / 10 + 10);
            for (OrdinalFilter filter : new OrdinalFilter[] {farthest, farthest::test}) {
                SearchResult result = index.search(query, 10, 64, filter);
                assertThat(result.size()).isEqualTo(10);
                assertThat(IntStream.of(result.ordinals())).allMatch(farthest::test);
                found += common(result.ordinals(), wanted);
            }
        }
        assertThat(found / 400.0).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void everyPlanFindsAllWhenFewerPassThanAreWanted() {
        GrowingVectorIndex index = TestVectors.index(Metric.L2, TestVectors.clustered(random, COUNT, 32, 25));
        OrdinalSet few = OrdinalSet.of(5, 77, 1_000, 3_999, 1_000_000);
        float[] query = TestVectors.gaussian(random, 32);
        SearchResult exact = index.searchExact(query, 10, few);
        assertThat(exact.ordinals()).containsExactlyInAnyOrder(5, 77, 1_000, 3_999);
        for (FilterPlan plan : FilterPlan.values()) {
            assertThat(index.search(query, 10, 50, few, plan).ordinals()).isEqualTo(exact.ordinals());
        }
        assertThat(index.search(query, 10, 50, few).ordinals()).isEqualTo(exact.ordinals());
    }

    @Test
    void anEmptySetCostsNothingAndAFilterThatLetsNothingPassEndsAfterOneScan() {
        GrowingVectorIndex index = TestVectors.index(Metric.L2, TestVectors.clustered(random, COUNT, 32, 25));
        float[] query = TestVectors.gaussian(random, 32);
        SearchResult nothing = index.search(query, 10, 50, OrdinalSet.of());
        assertThat(nothing.size()).isZero();
        assertThat(nothing.visited()).isZero();
        AtomicInteger tests = new AtomicInteger();
        SearchResult none = index.search(query, 10, 50, ordinal -> tests.incrementAndGet() < 0);
        assertThat(none.size()).isZero();
        assertThat(none.visited()).isZero();
        assertThat(tests).hasValueLessThanOrEqualTo(COUNT + FilteredWalk.SAMPLE);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,100", "2,5", "0,0"})
    void aScanFindsTheSameHoweverOrdinalsLieInTheOrderOfNodes(int step, int first) {
        GrowingVectorIndex index = TestVectors.empty(Metric.COSINE, 32);
        float[][] vectors = TestVectors.clustered(random, 1_500, 32, 25);
        int[] ordinals = new int[vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            // A step of 0 stands for an order of no kind.
            ordinals[i] = step == 0 ? i * 7 % 1_500 : first + i * step;
            index.add(ordinals[i], vectors[i]);
        }
        for (double share : new double[] {0.02, 0.2, 0.7}) {
            OrdinalSet set = OrdinalSet.matching(4_000, ordinal -> random.nextDouble() < share);
            long passing = IntStream.of(ordinals).filter(set::test).count();
            float[] query = TestVectors.gaussian(random, 32);
            assertThat(index.searchExact(query, 2_000, set).size()).isEqualTo((int) passing);
            GrowingVectorIndexRandomizedTest.assertSame(
                    index.searchExact(query, 2_000, set), index.searchExact(query, 2_000, set::test));
        }
    }

    @Test
    void nodesThatAreUsedAgainAreFoundByTheirNewOrdinals() {
        float[][] vectors = TestVectors.clustered(random, 3_000, 32, 25);
        GrowingVectorIndex index = TestVectors.index(Metric.L2, Arrays.copyOf(vectors, 2_000));
        OrdinalSet before = OrdinalSet.matching(3_000, ordinal -> ordinal % 50 == 0);
        assertThat(index.searchExact(vectors[0], 100, before).size()).isEqualTo(40);
        for (int node = 0; node < 1_000; node++) {
            index.remove(node);
        }
        assertThat(index.searchExact(vectors[0], 100, before).size()).isEqualTo(20);
        index.repair();
        for (int i = 2_000; i < 3_000; i++) {
            index.add(i, vectors[i]);
        }
        for (int step : new int[] {50, 2}) {
            OrdinalSet set = OrdinalSet.matching(3_000, ordinal -> ordinal % step == 0);
            for (OrdinalFilter filter : new OrdinalFilter[] {set, set::test}) {
                int[] found = index.searchExact(vectors[0], 3_000, filter).ordinals();
                assertThat(found)
                        .containsExactlyInAnyOrder(
                                IntStream.range(1_000, 3_000).filter(set::test).toArray());
                assertThat(index.search(vectors[2_500], 1, 50, filter).ordinals())
                        .containsExactly(2_500);
            }
        }
    }

    @Test
    void aFrozenIndexFindsTheNodesOfFewOrdinalsByATable(@TempDir Path folder) throws IOException {
        GrowingVectorIndex growing = TestVectors.index(Metric.L2, TestVectors.clustered(random, COUNT, 32, 25));
        Path file = folder.resolve("index");
        FrozenVectorIndex.write(growing, FrozenOptions.defaults(), file);
        OrdinalSet few = OrdinalSet.matching(2 * COUNT, ordinal -> random.nextInt(40) == 0);
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file, FrozenVectorIndex.Residency.LOADED)) {
            long before = index.memoryBytes();
            for (int i = 0; i < 10; i++) {
                float[] query = TestVectors.gaussian(random, 32);
                SearchResult expected = growing.searchExact(query, 500, few::test);
                GrowingVectorIndexRandomizedTest.assertSame(index.searchExact(query, 500, few), expected);
                GrowingVectorIndexRandomizedTest.assertSame(index.searchExact(query, 500, few::test), expected);
                assertThat(common(
                                index.search(query, 10, 50, few).ordinals(),
                                index.searchExact(query, 10, few).ordinals()))
                        .isGreaterThanOrEqualTo(9);
            }
            assertThat(index.memoryBytes()).isEqualTo(before + 4L * COUNT);
        }
    }

    @Test
    void aRecordIsFoundOnceHoweverManyVectorsItHas() {
        GrowingVectorIndex index = TestVectors.empty(Metric.L2, 32);
        float[][] vectors = TestVectors.clustered(random, COUNT, 32, 25);
        for (int i = 0; i < vectors.length; i++) {
            index.add(i / 50, vectors[i]);
        }
        OrdinalSet some = OrdinalSet.matching(COUNT / 50, ordinal -> ordinal % 3 == 0);
        int found = 0;
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, 32);
            for (OrdinalFilter filter : new OrdinalFilter[] {OrdinalFilter.ALL, some, some::test}) {
                SearchResult result = index.search(query, 20, 64, filter);
                SearchResult exact = index.searchExact(query, 20, filter);
                assertThat(result.ordinals()).hasSize(20).doesNotHaveDuplicates();
                assertThat(exact.ordinals()).hasSize(20).doesNotHaveDuplicates();
                assertThat(exact.distances()).isEqualTo(best(vectors, query, filter));
                found += common(result.ordinals(), exact.ordinals());
            }
        }
        assertThat(found / 1_200.0).isGreaterThanOrEqualTo(0.97);
    }

    /** The distances of the 20 nearest records. */
    private static double[] best(float[][] vectors, float[] query, OrdinalFilter filter) {
        return IntStream.range(0, COUNT / 50)
                .filter(filter::test)
                .mapToDouble(ordinal -> IntStream.range(ordinal * 50, ordinal * 50 + 50)
                        .mapToDouble(i -> Math.sqrt(Vectors.squaredL2(query, vectors[i], 32)))
                        .min()
                        .orElseThrow())
                .sorted()
                .limit(20)
                .toArray();
    }

    private static double recall(
            GrowingVectorIndex index, float[][] queries, OrdinalFilter filter, @Nullable FilterPlan plan) {
        int found = 0;
        int wanted = 0;
        for (float[] query : queries) {
            SearchResult exact = index.searchExact(query, 10, filter);
            SearchResult result =
                    plan == null ? index.search(query, 10, 100, filter) : index.search(query, 10, 100, filter, plan);
            assertThat(result.size()).isEqualTo(exact.size());
            assertThat(IntStream.of(result.ordinals())).allMatch(filter::test);
            wanted += exact.size();
            found += common(result.ordinals(), exact.ordinals());
        }
        return wanted == 0 ? 1 : (double) found / wanted;
    }

    private static int common(int[] a, int[] b) {
        return (int) IntStream.of(a)
                .filter(ordinal -> IntStream.of(b).anyMatch(other -> other == ordinal))
                .count();
    }
}
