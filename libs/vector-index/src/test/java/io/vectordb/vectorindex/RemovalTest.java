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
import org.junit.jupiter.params.provider.EnumSource;

class RemovalTest {

    private final SplittableRandom random = Seeds.splittable(RemovalTest.class);

    @Test
    void aRemovedNodeIsNoResultAndIsNotRemovedTwice() {
        GrowingVectorIndex index = TestVectors.index(Metric.L2, new float[][] {{1}, {2}, {3}});
        assertThat(index.remove(1)).isTrue();
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.remove(1)).isFalse();
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.search(new float[] {2}, 3, 3, OrdinalFilter.ALL).ordinals())
                .containsExactly(0, 2);
        assertThat(index.searchExact(new float[] {2}, 3, OrdinalFilter.ALL).ordinals())
                .containsExactly(0, 2);
        assertThatThrownBy(() -> index.remove(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> index.remove(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anIndexThatWasEmptiedIsFilledAgainWithinTheSameMemory(Metric metric) {
        float[][] all = TestVectors.clustered(random, 3_200, 24, 10);
        float[][] vectors = Arrays.copyOf(all, 3_000);
        GrowingVectorIndex index = TestVectors.empty(metric, 24);
        float[][] queries = Arrays.copyOfRange(all, 3_000, 3_200);
        double fresh = 0;
        long memoryBytes = 0;
        for (int round = 0; round < 4; round++) {
            int[] nodes = new int[vectors.length];
            for (int i = 0; i < vectors.length; i++) {
                nodes[i] = index.add(i, vectors[i]);
            }
            double recall = TestVectors.recall(index, queries, 10, 100);
            assertThat(recall).isGreaterThanOrEqualTo(fresh - 0.02);
            fresh = round == 0 ? recall : fresh;
            memoryBytes = round == 1 ? index.memoryBytes() : memoryBytes;
            for (int node : nodes) {
                assertThat(index.remove(node)).isTrue();
            }
            assertThat(index.size()).isZero();
            assertThat(index.search(vectors[0], 10, 50, OrdinalFilter.ALL).size())
                    .isZero();
            assertThat(index.searchExact(vectors[0], 10, OrdinalFilter.ALL).size())
                    .isZero();
        }
        assertThat(index.memoryBytes()).isEqualTo(memoryBytes);
        index.repair();
        assertThat(index.graph().entry()).isEqualTo(HnswGraph.NO_ENTRY);
        assertThat(index.graph().removed()).isZero();
        assertThat(index.graph().free()).isEqualTo(index.graph().allocated());
    }

    @Test
    void theEntryPointIsReplacedByANodeOfTheHighestLevelLeft() {
        float[][] vectors = TestVectors.gaussians(random, 1_500, 16);
        GrowingVectorIndex index = TestVectors.index(Metric.COSINE, vectors);
        HnswGraph graph = index.graph();
        for (int i = 0; i < 40; i++) {
            int entryPoint = HnswGraph.entryPoint(graph.entry());
            assertThat(index.remove(entryPoint)).isTrue();
            assertThat(index.search(vectors[entryPoint], 5, 50, OrdinalFilter.ALL)
                            .ordinals())
                    .hasSize(5)
                    .doesNotContain(entryPoint);
            index.repair();
            int highest = IntStream.range(0, graph.allocated())
                    .filter(graph::isLive)
                    .map(graph::level)
                    .max()
                    .orElseThrow();
            assertThat(HnswGraph.entryLevel(graph.entry())).isEqualTo(highest);
            assertThat(graph.isLive(HnswGraph.entryPoint(graph.entry()))).isTrue();
        }
        assertThat(TestVectors.recall(index, TestVectors.gaussians(random, 50, 16), 10, 100))
                .isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void aCrowdOfEqualVectorsOutlivesTheOneThatStandsForIt() {
        float[][] vectors = TestVectors.gaussians(random, 2_000, 16);
        GrowingVectorIndex index = TestVectors.index(Metric.L2, vectors);
        float[] crowd = TestVectors.gaussian(random, 16);
        int[] members =
                IntStream.range(0, 500).map(i -> index.add(2_000 + i, crowd)).toArray();
        assertThat(index.remove(members[0])).isTrue();
        index.repair();
        assertThat(index.graph().state(members[0])).isEqualTo(HnswGraph.STANDING);
        assertThat(index.search(crowd, 499, 600, OrdinalFilter.ALL).ordinals())
                .isEqualTo(IntStream.range(2_001, 2_500).toArray());
        for (int i = 1; i < 499; i++) {
            assertThat(index.remove(members[i])).isTrue();
        }
        assertThat(index.search(crowd, 1, 50, OrdinalFilter.ALL).ordinals()).containsExactly(2_499);
        index.repair();
        int again = index.add(3_000, crowd);
        assertThat(index.graph().isChained(again)).isTrue();
        assertThat(index.search(crowd, 2, 50, OrdinalFilter.ALL).ordinals()).containsExactly(2_499, 3_000);
        index.remove(again);
        index.remove(members[499]);
        index.repair();
        assertThat(index.graph().removed()).isZero();
        assertThat(index.search(crowd, 1, 50, OrdinalFilter.ALL).distances()[0]).isPositive();
        assertThat(index.graph().isChained(index.add(3_001, crowd))).isFalse();
        assertThat(index.search(crowd, 1, 50, OrdinalFilter.ALL).ordinals()).containsExactly(3_001);
    }

    @Test
    void aTopicThatIsRemovedAndAddedAgainIsFound() {
        float[][] vectors = TestVectors.clustered(random, 6_000, 24, 12);
        float[] centre = vectors[0].clone();
        GrowingVectorIndex index = TestVectors.index(Metric.L2, vectors);
        int[] topic = index.searchExact(centre, 550, OrdinalFilter.ALL).ordinals();
        for (int node : topic) {
            assertThat(index.remove(node)).isTrue();
        }
        OrdinalSet gone = OrdinalSet.of(topic);
        GrowingVectorIndex fresh = TestVectors.empty(Metric.L2, 24);
        IntStream.range(0, vectors.length).filter(i -> !gone.test(i)).forEach(i -> fresh.add(i, vectors[i]));
        float[][] queries =
                IntStream.of(topic).limit(100).mapToObj(i -> vectors[i]).toArray(float[][]::new);
        assertThat(TestVectors.recall(index, queries, 10, 20))
                .isGreaterThanOrEqualTo(TestVectors.recall(fresh, queries, 10, 20));
        for (int ordinal : topic) {
            index.add(ordinal, vectors[ordinal]);
        }
        int found = 0;
        for (int ordinal : topic) {
            found += index.search(vectors[ordinal], 1, 50, OrdinalFilter.ALL).ordinals()[0] == ordinal ? 1 : 0;
        }
        assertThat(found).isGreaterThanOrEqualTo(545);
    }

    @Test
    void aNodeForWhichThereIsNoRoomLeavesTheGraphAsItWas() {
        HnswParameters parameters = HnswParameters.defaults();
        int firstAbove = IntStream.iterate(0, node -> node + 1)
                .filter(node -> parameters.levelOf(node) > 0)
                .findFirst()
                .orElseThrow();
        MemoryBudget probe = MemoryBudget.unlimited();
        fill(probe, parameters, firstAbove);
        // All but the upper lists of the first node that has some.
        MemoryBudget budget = new MemoryBudget(probe.usedBytes());
        GrowingVectorIndex index = fill(budget, parameters, firstAbove);
        assertThatThrownBy(() -> index.add(firstAbove, new float[] {1, 1}))
                .isInstanceOf(VectorDbException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.MEMORY_LIMIT);
        assertThat(index.size()).isEqualTo(firstAbove);
        assertThat(index.graph().allocated()).isEqualTo(firstAbove);
        assertThat(index.graph().upperSize()).isZero();
        assertThat(index.searchExact(new float[] {1, 1}, 10_000, OrdinalFilter.ALL)
                        .size())
                .isEqualTo(firstAbove);
        index.remove(0);
        index.repair();
        assertThat(index.add(9_999, new float[] {1, 1})).isZero();
    }

    private static GrowingVectorIndex fill(MemoryBudget budget, HnswParameters parameters, int count) {
        GrowingVectorIndex index = new GrowingVectorIndex(Metric.L2, 2, parameters, Quantization.INT4, budget);
        for (int i = 0; i < count; i++) {
            index.add(i, new float[] {i, -i});
        }
        return index;
    }
}
