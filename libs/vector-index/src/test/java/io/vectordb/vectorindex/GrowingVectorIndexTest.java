package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrowingVectorIndexTest {

    @ParameterizedTest
    @EnumSource
    void anEmptyIndexFindsNothing(Metric metric) {
        GrowingVectorIndex index = TestVectors.empty(metric, 2);
        float[] query = {1, 2};
        assertThat(index.size()).isZero();
        assertThat(index.memoryBytes()).isZero();
        assertThat(index.search(query, 3, 10, OrdinalFilter.ALL).size()).isZero();
        assertThat(index.searchExact(query, 3, OrdinalFilter.ALL).size()).isZero();
    }

    @Test
    void nodesAreDenseAndAllAreFoundWhenKExceedsTheSize() {
        GrowingVectorIndex index = TestVectors.empty(Metric.L2, 1);
        assertThat(index.add(0, new float[] {3})).isEqualTo(0);
        assertThat(index.add(1, new float[] {1})).isEqualTo(1);
        assertThat(index.add(2, new float[] {-1})).isEqualTo(2);
        SearchResult result = index.search(new float[] {0}, 1_000_000_000, 1, OrdinalFilter.ALL);
        assertThat(result.ordinals()).containsExactly(1, 2, 0);
        assertThat(result.distances()).containsExactly(1, 1, 3);
        assertThat(result.visited()).isEqualTo(3);
    }

    @Test
    void distancesHaveTheMeaningOfTheirMetric() {
        assertThat(onlyDistance(Metric.COSINE, new float[] {3, 0}, new float[] {5, 0}))
                .isZero();
        assertThat(onlyDistance(Metric.COSINE, new float[] {3, 0}, new float[] {-1, 0}))
                .isEqualTo(2);
        assertThat(onlyDistance(Metric.DOT, new float[] {3, 1}, new float[] {5, 2}))
                .isEqualTo(-17);
        assertThat(onlyDistance(Metric.L2, new float[] {3, 0}, new float[] {0, 4}))
                .isEqualTo(5);
    }

    @Test
    void vectorsComeBackBitForBit() {
        SplittableRandom random = new SplittableRandom(7);
        for (int dimension : new int[] {1, 15, 16, 33, 384}) {
            GrowingVectorIndex index = TestVectors.empty(Metric.COSINE, dimension);
            float[][] vectors = TestVectors.gaussians(random, 900, dimension);
            for (float[] vector : vectors) {
                vector[random.nextInt(dimension)] = -0f;
                vector[random.nextInt(dimension)] = Float.MIN_VALUE;
                index.add(index.size(), vector);
            }
            float[] out = new float[dimension];
            for (int node = 0; node < vectors.length; node++) {
                index.vector(node, out);
                assertThat(bits(out)).isEqualTo(bits(vectors[node]));
            }
        }
    }

    @Test
    void whatIsNotAVectorOfTheIndexChangesNothing() {
        GrowingVectorIndex index = TestVectors.empty(Metric.COSINE, 2);
        index.add(1, new float[] {1, 1});
        assertRefused(ErrorCode.DIMENSION_MISMATCH, () -> index.add(1, new float[] {1}));
        assertRefused(ErrorCode.NON_FINITE_VECTOR, () -> index.add(1, new float[] {1, Float.NaN}));
        assertRefused(ErrorCode.ZERO_VECTOR, () -> index.add(1, new float[2]));
        assertRefused(ErrorCode.ZERO_VECTOR, () -> index.search(new float[2], 1, 1, OrdinalFilter.ALL));
        assertRefused(ErrorCode.DIMENSION_MISMATCH, () -> index.searchExact(new float[3], 1, OrdinalFilter.ALL));
        assertThat(index.size()).isEqualTo(1);
        assertThat(index.add(1, new float[] {2, 1})).isEqualTo(1);
        assertThatThrownBy(() -> index.vector(2, new float[2])).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aCancelledSearchEndsWithinAFewHundredVectors() {
        GrowingVectorIndex index =
                TestVectors.index(Metric.L2, TestVectors.gaussians(new SplittableRandom(3), 5_000, 8));
        float[] query = new float[8];
        AtomicInteger asked = new AtomicInteger();
        assertRefused(
                ErrorCode.CANCELLED,
                () -> index.search(query, 10, 2_000, OrdinalFilter.ALL, () -> {
                    asked.incrementAndGet();
                    return true;
                }));
        assertThat(asked).hasValue(1);
        AtomicInteger tested = new AtomicInteger();
        assertRefused(
                ErrorCode.CANCELLED,
                () -> index.searchExact(query, 10, node -> tested.incrementAndGet() > 0, () -> true));
        assertThat(tested).hasValueLessThan(1_000);
    }

    @Test
    void memoryIsThatOfTheChunks() {
        GrowingVectorIndex index = TestVectors.empty(Metric.COSINE, 100);
        index.add(0, TestVectors.gaussian(new SplittableRandom(5), 100));
        long vectors = 112L * 4 * 128;
        long norms = 4 * 16_384;
        long links = 32 * 4 * 512;
        long nodes = 16 * 4_096;
        assertThat(HnswParameters.defaults().levelOf(0)).isZero();
        assertThat(index.memoryBytes()).isEqualTo(vectors + norms + links + nodes);
    }

    @Test
    void whatDoesNotFitTheBudgetIsRefusedAndChangesNothing() {
        MemoryBudget budget = new MemoryBudget(1 << 20);
        GrowingVectorIndex index =
                new GrowingVectorIndex(Metric.L2, 100, HnswParameters.defaults(), Quantization.INT4, budget);
        SplittableRandom random = new SplittableRandom(5);
        float[] first = TestVectors.gaussian(random, 100);
        index.add(0, first);
        assertRefused(ErrorCode.MEMORY_LIMIT, () -> {
            while (index.size() < 100_000) {
                index.add(index.size(), TestVectors.gaussian(random, 100));
            }
        });
        int size = index.size();
        assertThat(size).isGreaterThan(500);
        assertThat(index.memoryBytes()).isEqualTo(budget.usedBytes()).isLessThanOrEqualTo(budget.limitBytes());
        assertThat(index.search(first, 1, 50, OrdinalFilter.ALL).ordinals()).containsExactly(0);
        assertThat(index.searchExact(first, 100_000, OrdinalFilter.ALL).size()).isEqualTo(size);
        index.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private static double onlyDistance(Metric metric, float[] stored, float[] query) {
        SearchResult result = TestVectors.index(metric, new float[][] {stored}).search(query, 1, 1, OrdinalFilter.ALL);
        assertThat(result.ordinals()).containsExactly(0);
        return result.distances()[0];
    }

    @Test
    void closingTwiceGivesTheMemoryBackOnce() {
        MemoryBudget budget = new MemoryBudget(10 << 20);
        GrowingVectorIndex index =
                new GrowingVectorIndex(Metric.L2, 4, HnswParameters.defaults(), Quantization.NONE, budget);
        index.add(0, new float[] {1, 2, 3, 4});
        index.close();
        index.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aFilteredRangeSearchOfAnEmptyIndexFindsNothing(Metric metric) {
        GrowingVectorIndex index = TestVectors.empty(metric, 4);
        for (OrdinalFilter filter : new OrdinalFilter[] {ordinal -> true, OrdinalSet.of(3), OrdinalSet.of()}) {
            RangeResult result = index.searchRange(new float[] {1, 2, 3, 4}, 5, 10, 10, filter, () -> false);
            assertThat(result.hits().size()).isZero();
        }
    }

    @Test
    void anOrdinalBelowZeroIsRefused() {
        GrowingVectorIndex index = TestVectors.empty(Metric.L2, 1);
        assertThatThrownBy(() -> index.add(-1, new float[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("received -1");
        assertThat(index.size()).isZero();
    }

    /** Such may come from a file; a walk that begins there must not end at a node of the search before. */
    @Test
    void aStoredVectorThatIsNoNumberLeadsNobodyAstray() {
        SplittableRandom random = Seeds.splittable(GrowingVectorIndexTest.class);
        for (Metric metric : Metric.values()) {
            GrowingVectorIndex larger = TestVectors.index(metric, TestVectors.gaussians(random, 6_000, 4));
            float[] last = TestVectors.gaussian(random, 4);
            larger.add(6_000, last);
            larger.search(last, 10, 50, OrdinalFilter.ALL);
            HnswParameters parameters = new HnswParameters(2, 10, 41);
            GrowingVectorIndex index =
                    new GrowingVectorIndex(metric, 4, parameters, Quantization.NONE, MemoryBudget.unlimited());
            index.addStored(0, new float[] {Float.NaN, 1, 2, 3});
            for (int i = 1; i < 50; i++) {
                index.add(i, TestVectors.gaussian(random, 4));
            }
            assertThat(index.search(new float[] {1, 2, 3, 4}, 10, 50, OrdinalFilter.ALL)
                            .size())
                    .isEqualTo(10);
        }
    }

    private static void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOf(VectorDbException.class)
                .extracting("code")
                .isEqualTo(code);
    }

    private static int[] bits(float[] vector) {
        return IntStream.range(0, vector.length)
                .map(i -> Float.floatToRawIntBits(vector[i]))
                .toArray();
    }
}
