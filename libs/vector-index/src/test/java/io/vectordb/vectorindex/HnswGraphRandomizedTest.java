package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HnswGraphRandomizedTest {

    private final SplittableRandom random = Seeds.splittable(HnswGraphRandomizedTest.class);

    @ParameterizedTest
    @CsvSource({"2,4,COSINE", "4,20,DOT", "16,100,L2"})
    void listsHoldNeitherTheNodeNorADuplicateNorANodeOfALowerLevel(int m, int efConstruction, Metric metric) {
        HnswParameters parameters = new HnswParameters(m, efConstruction, random.nextLong());
        HnswGraph graph = graph(metric, parameters, TestVectors.clustered(random, 1_500, 12, 10));
        int top = 0;
        for (int node = 0; node < graph.allocated(); node++) {
            int level = parameters.levelOf(node);
            top = Math.max(top, level);
            for (int l = 0; l <= level; l++) {
                int[] neighbours = neighbours(graph, node, l);
                int ofLevel = l;
                assertThat(neighbours)
                        .hasSizeLessThanOrEqualTo(graph.maxDegree(l))
                        .doesNotHaveDuplicates()
                        .doesNotContain(node);
                assertThat(IntStream.of(neighbours)).allMatch(neighbour -> parameters.levelOf(neighbour) >= ofLevel);
            }
        }
        long entry = graph.entry();
        assertThat(HnswGraph.entryLevel(entry)).isEqualTo(top);
        assertThat(parameters.levelOf(HnswGraph.entryPoint(entry))).isEqualTo(top);
    }

    @ParameterizedTest
    @CsvSource({"COSINE", "DOT", "L2"})
    void nearlyEveryNodeIsReachedFromTheEntryPoint(Metric metric) {
        HnswGraph graph = graph(metric, HnswParameters.defaults(), TestVectors.clustered(random, 3_000, 24, 20));
        BitSet reached = new BitSet();
        IntStream.Builder frontier = IntStream.builder();
        frontier.add(HnswGraph.entryPoint(graph.entry()));
        int[] nodes = frontier.build().toArray();
        reached.set(nodes[0]);
        while (nodes.length > 0) {
            nodes = IntStream.of(nodes)
                    .flatMap(node -> IntStream.of(neighbours(graph, node, 0)))
                    .filter(node -> !reached.get(node))
                    .distinct()
                    .toArray();
            IntStream.of(nodes).forEach(reached::set);
        }
        // An inner product leads to long vectors, so that short ones lose their links.
        assertThat(reached.cardinality()).isGreaterThanOrEqualTo(metric == Metric.DOT ? 2_400 : 2_990);
    }

    private static HnswGraph graph(Metric metric, HnswParameters parameters, float[][] vectors) {
        GrowingVectorIndex index = new GrowingVectorIndex(
                metric, vectors[0].length, parameters, Quantization.INT4, MemoryBudget.unlimited());
        for (int i = 0; i < vectors.length; i++) {
            index.add(i, vectors[i]);
        }
        return index.graph();
    }

    private static int[] neighbours(HnswGraph graph, int node, int level) {
        long list = graph.list(node, level);
        return IntStream.range(0, graph.length(list, graph.maxDegree(level)))
                .map(i -> OffHeap.getInt(list + (long) i * Integer.BYTES))
                .toArray();
    }
}
