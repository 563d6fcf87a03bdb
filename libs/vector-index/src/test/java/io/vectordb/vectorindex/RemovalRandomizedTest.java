package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RemovalRandomizedTest {

    private final SplittableRandom random = Seeds.splittable(RemovalRandomizedTest.class);

    private record Member(int ordinal, int node, float[] vector) {}

    @ParameterizedTest
    @CsvSource({"L2,3,2", "COSINE,5,4", "DOT,30,16", "L2,26,16"})
    void historiesOfAdditionsAndRemovalsAgreeWithAPlainList(Metric metric, int dimension, int m) {
        GrowingVectorIndex index = new GrowingVectorIndex(
                metric, dimension, new HnswParameters(m, 40, 7), Quantization.INT4, MemoryBudget.unlimited());
        List<Member> members = new ArrayList<>();
        float[][] vectors = TestVectors.clustered(random, 700, dimension, 5);
        int ordinal = 0;
        for (int phase = 0; phase < 12; phase++) {
            int share = random.nextInt(20, 80);
            for (int step = 0; step < 400; step++) {
                if (members.isEmpty() || random.nextInt(100) < share) {
                    // Of fewer vectors than there are additions, so that some are equal.
                    float[] vector = vectors[random.nextInt(vectors.length)];
                    members.add(new Member(ordinal, index.add(ordinal, vector), vector));
                    ordinal++;
                } else {
                    Member gone = members.remove(random.nextInt(members.size()));
                    assertThat(index.remove(gone.node())).isTrue();
                    assertThat(index.remove(gone.node())).isFalse();
                }
                assertThat(index.size()).isEqualTo(members.size());
                if (step % 20 == 0) {
                    assertAgree(index, members, TestVectors.gaussian(random, dimension));
                }
            }
            if (phase % 4 == 3) {
                index.repair();
            }
            assertInvariants(index, phase % 4 == 3);
        }
    }

    private void assertAgree(GrowingVectorIndex index, List<Member> members, float[] query) {
        int k = random.nextInt(1, 30);
        List<Member> nearest = members.stream()
                .sorted(Comparator.comparingDouble((Member member) -> distance(index.metric(), query, member.vector()))
                        .thenComparingInt(Member::ordinal))
                .limit(k)
                .toList();
        SearchResult exact = index.searchExact(query, k, OrdinalFilter.ALL);
        assertThat(exact.ordinals())
                .isEqualTo(nearest.stream().mapToInt(Member::ordinal).toArray());
        assertThat(exact.distances())
                .isEqualTo(nearest.stream()
                        .mapToDouble(member -> distance(index.metric(), query, member.vector()))
                        .toArray());
        GrowingVectorIndexRandomizedTest.assertSame(
                index.search(query, k, index.graph().allocated(), OrdinalFilter.ALL), exact);
        BitSet live = new BitSet();
        members.forEach(member -> live.set(member.ordinal()));
        SearchResult walked = index.search(query, k, random.nextInt(1, 60), OrdinalFilter.ALL);
        assertThat(IntStream.of(walked.ordinals()))
                .hasSize(Math.min(k, members.size()))
                .doesNotHaveDuplicates()
                .allMatch(live::get);
        assertThat(walked.distances()).isSorted();
        SearchResult filtered = index.search(query, k, 20, ordinal -> ordinal % 3 == 0);
        assertThat(IntStream.of(filtered.ordinals())).allMatch(ordinal -> live.get(ordinal) && ordinal % 3 == 0);
    }

    /** As it is reported. */
    static double distance(Metric metric, float[] query, float[] vector) {
        int dimension = query.length;
        return switch (metric) {
            case COSINE -> Vectors.cosineDistance(query, Vectors.dot(query, query, dimension), vector, dimension);
            case DOT -> 0 - Vectors.dot(query, vector, dimension);
            case L2 -> Math.sqrt(Vectors.squaredL2(query, vector, dimension));
        };
    }

    /** What holds of lists and chains whenever nobody changes them; more right after a repair. */
    static void assertInvariants(GrowingVectorIndex index, boolean isRepaired) {
        HnswGraph graph = index.graph();
        int live = 0;
        int standing = 0;
        BitSet inChains = new BitSet();
        for (int node = 0; node < graph.allocated(); node++) {
            live += graph.isLive(node) ? 1 : 0;
            standing += graph.state(node) == HnswGraph.STANDING ? 1 : 0;
            if (graph.isLinkable(node) && !graph.isChained(node)) {
                for (int level = 0; level <= graph.level(node); level++) {
                    assertList(graph, node, level, isRepaired);
                }
                for (int next = graph.nextEqual(node); next != HnswGraph.END; next = graph.nextEqual(next)) {
                    assertThat(graph.isChained(next)).isTrue();
                    assertThat(inChains.get(next)).isFalse();
                    assertThat(!isRepaired || graph.isLive(next)).isTrue();
                    inChains.set(next);
                }
            }
        }
        assertThat(index.size()).isEqualTo(live);
        assertThat(live + graph.removed() + graph.free()).isEqualTo(graph.allocated());
        if (isRepaired) {
            assertThat(graph.removed()).isEqualTo(standing);
        }
    }

    private static void assertList(HnswGraph graph, int node, int level, boolean isRepaired) {
        long list = graph.list(node, level);
        int[] neighbours = IntStream.range(0, graph.length(list, graph.maxDegree(level)))
                .map(i -> OffHeap.getInt(list + (long) i * Integer.BYTES))
                .toArray();
        assertThat(neighbours).doesNotHaveDuplicates().doesNotContain(node);
        assertThat(IntStream.of(neighbours))
                .allMatch(neighbour -> graph.level(neighbour) >= level
                        && !graph.isChained(neighbour)
                        && graph.state(neighbour) != HnswGraph.ABSENT
                        && (!isRepaired || graph.isLinkable(neighbour)));
    }

    @ParameterizedTest
    @EnumSource
    void recallAfterReplacingHalfThreeTimesIsThatOfAFreshBuild(Metric metric) {
        float[][] all = TestVectors.clustered(random, 7_000, 32, 40);
        float[][] vectors = Arrays.copyOf(all, 6_000);
        float[][] queries = Arrays.copyOfRange(all, 6_000, 7_000);
        Population population = new Population(metric, vectors, random.split());
        for (int round = 0; round < 3; round++) {
            population.replace(population.size / 2);
            double fresh = TestVectors.recall(population.fresh(), queries, 10, 60);
            assertThat(TestVectors.recall(population.index, queries, 10, 60)).isGreaterThanOrEqualTo(fresh - 0.01);
        }
        population.index.repair();
        assertInvariants(population.index, true);
        double fresh = TestVectors.recall(population.fresh(), queries, 10, 60);
        assertThat(TestVectors.recall(population.index, queries, 10, 60)).isGreaterThanOrEqualTo(fresh - 0.01);
    }

    @Test
    void memoryDoesNotGrowUnderSteadyReplacement() {
        Population population =
                new Population(Metric.COSINE, TestVectors.clustered(random, 6_000, 24, 20), random.split());
        for (int round = 0; round < 20; round++) {
            population.replace(population.size / 2);
            assertThat(population.index.size()).isEqualTo(population.size);
        }
        assertThat(population.index.memoryBytes())
                .isLessThanOrEqualTo(population.fresh().memoryBytes() * 5 / 4);
        assertThat(population.index.graph().allocated()).isLessThanOrEqualTo(population.size * 5 / 4);
    }
}
