package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.testkit.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrowingVectorIndexRandomizedTest {

    private final SplittableRandom random = Seeds.splittable(GrowingVectorIndexRandomizedTest.class);

    @ParameterizedTest
    @EnumSource
    void recallOfClusteredVectorsIsAtLeastNinetyFivePercent(Metric metric) {
        float[][] vectors = TestVectors.clustered(random, 3_100, 32, 30);
        float[][] queries = Arrays.copyOfRange(vectors, 3_000, 3_100);
        GrowingVectorIndex index = TestVectors.index(metric, Arrays.copyOf(vectors, 3_000));
        assertThat(TestVectors.recall(index, queries, 10, 100)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @CsvSource({"COSINE,1", "COSINE,7", "COSINE,100", "DOT,3", "DOT,48", "L2,2", "L2,17", "L2,130"})
    void exactSearchEqualsSortingAllDistances(Metric metric, int dimension) {
        float[][] vectors = TestVectors.gaussians(random, 300, dimension);
        GrowingVectorIndex index = TestVectors.index(metric, vectors);
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, dimension);
            SearchResult result = index.searchExact(query, 25, OrdinalFilter.ALL);
            int[] sorted = IntStream.range(0, vectors.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer node) -> distance(metric, query, vectors[node]))
                            .thenComparing(Comparator.naturalOrder()))
                    .mapToInt(Integer::intValue)
                    .limit(25)
                    .toArray();
            for (int rank = 0; rank < 25; rank++) {
                double expected = distance(metric, query, vectors[sorted[rank]]);
                assertThat(result.distances()[rank]).isCloseTo(expected, within(1e-12 * (1 + Math.abs(expected))));
                assertThat(result.distances()[rank])
                        .isCloseTo(distance(metric, query, vectors[result.ordinals()[rank]]), within(1e-10));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void exactSearchOfManyQueriesEqualsThatOfEach(Metric metric) {
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.clustered(random, 1_000, 20, 10));
        float[][] queries = TestVectors.gaussians(random, 37, 20);
        OrdinalSet third = OrdinalSet.matching(1_000, ordinal -> ordinal % 3 == 0);
        for (OrdinalFilter filter : new OrdinalFilter[] {OrdinalFilter.ALL, third, third::test, OrdinalSet.of()}) {
            SearchResult[] results = index.searchExact(queries, 25, filter, () -> false);
            assertThat(results).hasSize(queries.length);
            for (int i = 0; i < queries.length; i++) {
                SearchResult alone = index.searchExact(queries[i], 25, filter);
                assertSame(results[i], alone);
                assertThat(results[i].visited()).isEqualTo(alone.visited());
            }
        }
        assertThat(index.searchExact(new float[0][], 5, OrdinalFilter.ALL, () -> false))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void searchEqualsExactSearchWhenEfCoversTheIndex(Metric metric) {
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.gaussians(random, 500, 20));
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, 20);
            assertSame(
                    index.search(query, 10, 500, OrdinalFilter.ALL), index.searchExact(query, 10, OrdinalFilter.ALL));
        }
    }

    @ParameterizedTest
    @EnumSource
    void filteredSearchReturnsOnlyWhatPassesAndAllOfItWhenKCovers(Metric metric) {
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.clustered(random, 2_000, 24, 10));
        OrdinalFilter filter = node -> node % 10 == 3;
        int[] passing = IntStream.range(0, 2_000).filter(filter::test).toArray();
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, 24);
            SearchResult narrow = index.search(query, 10, 50, filter);
            assertThat(IntStream.of(narrow.ordinals())).hasSize(10).allMatch(filter::test);
            SearchResult exact = index.searchExact(query, 200, filter);
            assertThat(exact.ordinals()).containsExactlyInAnyOrder(passing);
            assertSame(index.search(query, 200, 250, filter), exact);
            assertSame(index.search(query, 300, 20, filter), exact);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"COSINE", "L2"})
    void aCrowdOfEqualVectorsIsFoundAndDoesNotHideTheOthers(Metric metric) {
        float[][] vectors = TestVectors.gaussians(random, 3_000, 16);
        float[] crowd = TestVectors.gaussian(random, 16);
        for (int i = 0; i < vectors.length; i += 5) {
            vectors[i] = crowd.clone();
        }
        GrowingVectorIndex index = TestVectors.index(metric, vectors);
        assertThat(index.search(crowd, 600, 600, OrdinalFilter.ALL).ordinals())
                .isEqualTo(IntStream.range(0, 600).map(i -> i * 5).toArray());
        assertThat(index.search(crowd, 7, 50, node -> node % 100 == 0).ordinals())
                .isEqualTo(IntStream.range(0, 7).map(i -> i * 100).toArray());
        assertThat(index.search(crowd, 7, 50, OrdinalFilter.ALL).distances()).containsOnly(0);
        int found = 0;
        for (int node = 1; node < 3_000; node += 5) {
            found += index.search(vectors[node], 1, 50, OrdinalFilter.ALL).ordinals()[0] == node ? 1 : 0;
        }
        assertThat(found).isGreaterThanOrEqualTo(597);
        float[] nearby = scaled(TestVectors.gaussian(random, 16), 0.1f);
        for (int i = 0; i < 16; i++) {
            nearby[i] += crowd[i];
        }
        SearchResult exact = index.searchExact(nearby, 700, OrdinalFilter.ALL);
        assertThat(index.search(nearby, 700, 700, OrdinalFilter.ALL).ordinals())
                .startsWith(Arrays.copyOf(exact.ordinals(), 650));
    }

    @Test
    void equalSeedsAndInsertionsMakeEqualGraphs() {
        float[][] vectors = TestVectors.clustered(random, 2_000, 40, 20);
        GrowingVectorIndex first = TestVectors.index(Metric.L2, vectors);
        GrowingVectorIndex second = TestVectors.index(Metric.L2, vectors);
        assertThat(second.memoryBytes()).isEqualTo(first.memoryBytes());
        for (int i = 0; i < 100; i++) {
            float[] query = TestVectors.gaussian(random, 40);
            SearchResult result = second.search(query, 10, 20, OrdinalFilter.ALL);
            assertSame(first.search(query, 10, 20, OrdinalFilter.ALL), result);
            assertThat(first.search(query, 10, 20, OrdinalFilter.ALL).visited()).isEqualTo(result.visited());
        }
    }

    @ParameterizedTest
    @CsvSource({"1e30", "1e-30", "3e37", "1e-40", "1e15", "1e-14"})
    void cosineDoesNotDependOnTheMagnitude(float magnitude) {
        float[][] vectors = TestVectors.clustered(random, 600, 24, 8);
        GrowingVectorIndex plain = TestVectors.index(Metric.COSINE, vectors);
        float[][] mixed = new float[vectors.length][];
        for (int i = 0; i < vectors.length; i++) {
            mixed[i] = i % 2 == 0 ? vectors[i] : scaled(vectors[i], magnitude);
        }
        GrowingVectorIndex index = TestVectors.index(Metric.COSINE, mixed);
        // Below the normal floats a vector has only few digits of its own.
        double digits = magnitude < Float.MIN_NORMAL ? 1e-3 : 1e-6;
        int same = 0;
        for (int i = 0; i < 20; i++) {
            float[] query = TestVectors.gaussian(random, 24);
            SearchResult expected = plain.searchExact(query, 5, OrdinalFilter.ALL);
            SearchResult exact = index.searchExact(scaled(query, magnitude), 5, OrdinalFilter.ALL);
            assertThat(exact.distances()).containsExactly(expected.distances(), within(digits));
            SearchResult walked = index.search(scaled(query, magnitude), 5, 300, OrdinalFilter.ALL);
            same += Arrays.equals(walked.ordinals(), exact.ordinals()) ? 1 : 0;
        }
        assertThat(same).isGreaterThanOrEqualTo(18);
    }

    @ParameterizedTest
    @CsvSource({"DOT,1e30", "DOT,1e-30", "L2,1e30", "L2,1e-30"})
    void exactDistancesAreRightWhereFloatsOverflowOrUnderflow(Metric metric, float magnitude) {
        float[][] vectors = TestVectors.gaussians(random, 400, 20);
        GrowingVectorIndex plain = TestVectors.index(metric, vectors);
        float[][] scaled = new float[vectors.length][];
        for (int i = 0; i < vectors.length; i++) {
            scaled[i] = scaled(vectors[i], magnitude);
        }
        GrowingVectorIndex index = TestVectors.index(metric, scaled);
        double factor = metric == Metric.DOT ? (double) magnitude * magnitude : magnitude;
        float[] query = TestVectors.gaussian(random, 20);
        SearchResult expected = plain.searchExact(query, 10, OrdinalFilter.ALL);
        SearchResult exact = index.searchExact(scaled(query, magnitude), 10, OrdinalFilter.ALL);
        for (int i = 0; i < 10; i++) {
            assertThat(exact.distances()[i] / factor).isCloseTo(expected.distances()[i], within(1e-4));
        }
        assertThat(index.search(scaled(query, magnitude), 10, 20, OrdinalFilter.ALL)
                        .distances())
                .hasSize(10)
                .doesNotContain(Double.NaN)
                .isSorted();
    }

    private static float[] scaled(float[] vector, float factor) {
        float[] out = new float[vector.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = vector[i] * factor;
        }
        return out;
    }

    private static double distance(Metric metric, float[] a, float[] b) {
        double dot = 0;
        double squaresA = 0;
        double squaresB = 0;
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
            squares += Math.pow((double) a[i] - b[i], 2);
        }
        return switch (metric) {
            case COSINE -> 1 - dot / Math.sqrt(squaresA) / Math.sqrt(squaresB);
            case DOT -> -dot;
            case L2 -> Math.sqrt(squares);
        };
    }

    static void assertSame(SearchResult actual, SearchResult expected) {
        assertThat(actual.ordinals()).isEqualTo(expected.ordinals());
        assertThat(actual.distances()).isEqualTo(expected.distances());
    }
}
