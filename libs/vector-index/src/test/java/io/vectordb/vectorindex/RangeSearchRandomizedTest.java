package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RangeSearchRandomizedTest {

    private static final int COUNT = 4_000;

    private final SplittableRandom random = Seeds.splittable(RangeSearchRandomizedTest.class);

    @ParameterizedTest
    @CsvSource({"COSINE,5", "COSINE,64", "DOT,30", "L2,1", "L2,40", "L2,512"})
    void nearlyAllWithinTheRadiusIsFoundAndNothingBeyond(Metric metric, int dimension) {
        int count = dimension > 100 ? 1_500 : COUNT;
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.clustered(random, count, dimension, 25));
        OrdinalSet third = OrdinalSet.matching(count, ordinal -> ordinal % 3 == 0);
        int found = 0;
        int wanted = 0;
        for (int i = 0; i < 10; i++) {
            float[] query = TestVectors.gaussian(random, dimension);
            SearchResult all = index.searchExact(query, count, OrdinalFilter.ALL);
            for (int within : new int[] {1, 10, 100, 700}) {
                double radius = all.distances()[within - 1];
                int expected = (int) Arrays.stream(all.distances())
                        .filter(distance -> distance <= radius)
                        .count();
                RangeResult exact = index.searchRangeExact(query, radius, count, OrdinalFilter.ALL);
                assertThat(exact.isCapped()).isFalse();
                assertThat(exact.hits().ordinals()).isEqualTo(Arrays.copyOf(all.ordinals(), expected));
                RangeResult walked = index.searchRange(query, radius, count, 64, OrdinalFilter.ALL);
                assertThat(walked.hits().distances()).isSorted();
                assertThat(IntStream.of(walked.hits().ordinals()).boxed().toList())
                        .isSubsetOf(
                                IntStream.of(exact.hits().ordinals()).boxed().toList());
                wanted += expected;
                found += walked.hits().size();
                int[] passing = IntStream.of(exact.hits().ordinals())
                        .filter(third::test)
                        .toArray();
                assertThat(index.searchRangeExact(query, radius, count, third)
                                .hits()
                                .ordinals())
                        .isEqualTo(passing);
                wanted += passing.length;
                RangeResult filtered = index.searchRange(query, radius, count, 64, third::test);
                assertThat(IntStream.of(filtered.hits().ordinals()).boxed().toList())
                        .isSubsetOf(IntStream.of(passing).boxed().toList());
                found += filtered.hits().size();
            }
        }
        assertThat((double) found / wanted).isGreaterThanOrEqualTo(0.97);
    }

    @ParameterizedTest
    @EnumSource
    void theCapLeavesTheNearestAndIsTold(Metric metric) {
        GrowingVectorIndex index = TestVectors.index(metric, TestVectors.clustered(random, COUNT, 32, 25));
        float[] query = TestVectors.gaussian(random, 32);
        SearchResult nearest = index.searchExact(query, 51, OrdinalFilter.ALL);
        double radius = nearest.distances()[50];
        RangeResult capped = index.searchRangeExact(query, radius, 50, OrdinalFilter.ALL);
        assertThat(capped.isCapped()).isTrue();
        assertThat(capped.hits().ordinals()).isEqualTo(Arrays.copyOf(nearest.ordinals(), 50));
        RangeResult exactly = index.searchRangeExact(query, radius, 51, OrdinalFilter.ALL);
        assertThat(exactly.isCapped()).isFalse();
        assertThat(exactly.hits().size()).isEqualTo(51);
        RangeResult walked = index.searchRange(query, Double.POSITIVE_INFINITY, 50, 100, OrdinalFilter.ALL);
        assertThat(walked.isCapped()).isTrue();
        assertThat(walked.hits().size()).isEqualTo(50);
    }

    @ParameterizedTest
    @EnumSource
    void extremeRadiiFindAllOrNothing(Metric metric) {
        float[][] vectors = TestVectors.clustered(random, 1_200, 32, 10);
        GrowingVectorIndex index = TestVectors.index(metric, vectors);
        float[] query = vectors[7];
        for (double huge : new double[] {Double.POSITIVE_INFINITY, 1e300}) {
            assertThat(index.searchRange(query, huge, 5_000, 50, OrdinalFilter.ALL)
                            .hits()
                            .size())
                    .isEqualTo(1_200);
            assertThat(index.searchRangeExact(query, huge, 5_000, OrdinalFilter.ALL)
                            .hits()
                            .size())
                    .isEqualTo(1_200);
        }
        for (double low : new double[] {Double.NEGATIVE_INFINITY, -1e300}) {
            assertThat(index.searchRange(query, low, 10, 50, OrdinalFilter.ALL)
                            .hits()
                            .size())
                    .isZero();
            assertThat(index.searchRangeExact(query, low, 10, OrdinalFilter.ALL)
                            .hits()
                            .size())
                    .isZero();
        }
        if (metric == Metric.L2) {
            assertThat(index.searchRange(query, 0, 10, 50, OrdinalFilter.ALL)
                            .hits()
                            .ordinals())
                    .containsExactly(7);
            assertThat(index.searchRange(query, -1, 10, 50, OrdinalFilter.ALL)
                            .hits()
                            .size())
                    .isZero();
        }
        assertThatThrownBy(() -> index.searchRange(query, Double.NaN, 10, 50, OrdinalFilter.ALL))
                .isInstanceOf(VectorDbException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.INVALID_VALUE);
        assertThatThrownBy(() -> index.searchRangeExact(query, 1, 0, OrdinalFilter.ALL))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(TestVectors.empty(metric, 2)
                        .searchRange(new float[] {1, 1}, 10, 10, 50, OrdinalFilter.ALL)
                        .hits()
                        .size())
                .isZero();
    }

    @Test
    void equalVectorsAndSeveralOfOneRecordAreTakenIntoAccount() {
        GrowingVectorIndex index = TestVectors.empty(Metric.L2, 32);
        float[] crowd = TestVectors.gaussian(random, 32);
        float[][] vectors = TestVectors.clustered(random, 2_000, 32, 10);
        for (int i = 0; i < vectors.length; i++) {
            index.add(i / 2, i % 20 < 2 ? crowd : vectors[i]);
        }
        RangeResult result = index.searchRange(crowd, 0, 1_000, 50, OrdinalFilter.ALL);
        assertThat(result.hits().ordinals())
                .isEqualTo(IntStream.range(0, 100).map(i -> i * 10).toArray());
        assertThat(result.isCapped()).isFalse();
        RangeResult capped = index.searchRange(crowd, 0, 40, 50, OrdinalFilter.ALL);
        assertThat(capped.hits().size()).isEqualTo(40);
        assertThat(capped.isCapped()).isTrue();
    }
}
