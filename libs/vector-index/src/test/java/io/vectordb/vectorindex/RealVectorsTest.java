package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealVectorsTest {

    @Test
    void textEmbeddingsAreRecalled() {
        GrowingVectorIndex index =
                TestVectors.index(Metric.COSINE, TestVectors.realVectors("sec-minilm-384/base.fvecs", 10_000));
        float[][] queries = TestVectors.realVectors("sec-minilm-384/query.fvecs", 200);
        assertThat(TestVectors.recall(index, queries, 10, 100)).isGreaterThanOrEqualTo(0.97);
    }

    @Test
    void imageDescriptorsAreRecalledAndTheGroundTruthIsMet() {
        GrowingVectorIndex index =
                TestVectors.index(Metric.L2, TestVectors.realVectors("bigann10k-128/base.fvecs", 10_000));
        float[][] queries = TestVectors.realVectors("bigann10k-128/query.fvecs", 100);
        int[][] truth = TestVectors.rows("bigann10k-128/groundtruth.ivecs", 100);
        for (int i = 0; i < queries.length; i++) {
            assertThat(index.searchExact(queries[i], 10, OrdinalFilter.ALL).ordinals())
                    .isEqualTo(Arrays.copyOf(truth[i], 10));
        }
        assertThat(TestVectors.recall(index, queries, 10, 100)).isGreaterThanOrEqualTo(0.97);
    }

    @Test
    void textEmbeddingsAreRecalledUnderFilters() {
        int count = 10_000;
        GrowingVectorIndex index =
                TestVectors.index(Metric.COSINE, TestVectors.realVectors("sec-minilm-384/base.fvecs", count));
        float[][] queries = TestVectors.realVectors("sec-minilm-384/query.fvecs", 50);
        SplittableRandom random = Seeds.splittable(RealVectorsTest.class);
        for (double share : new double[] {0.001, 0.01, 0.1, 0.5, 0.9}) {
            OrdinalSet set = OrdinalSet.matching(count, ordinal -> random.nextDouble() < share);
            assertRecalled(index, queries, query -> set);
            assertRecalled(index, queries, query -> set::test);
        }
        assertRecalled(index, queries, query -> {
            int[] byDistance =
                    index.searchExact(query, count, OrdinalFilter.ALL).ordinals();
            return OrdinalSet.of(Arrays.copyOfRange(byDistance, count - count / 10, count));
        });
    }

    private static void assertRecalled(
            GrowingVectorIndex index, float[][] queries, Function<float[], OrdinalFilter> filters) {
        int found = 0;
        int wanted = 0;
        for (float[] query : queries) {
            OrdinalFilter filter = filters.apply(query);
            int[] exact = index.searchExact(query, 10, filter).ordinals();
            int[] walked = index.search(query, 10, 100, filter).ordinals();
            assertThat(walked).hasSameSizeAs(exact);
            wanted += exact.length;
            found += (int) IntStream.of(exact)
                    .filter(ordinal -> IntStream.of(walked).anyMatch(other -> other == ordinal))
                    .count();
        }
        assertThat((double) found / wanted).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @CsvSource({"sec-minilm-384,5000", "glove-100-angular,8000"})
    void recallAfterReplacingHalfIsThatOfAFreshBuild(String dataset, int count) {
        float[][] vectors = TestVectors.realVectors(dataset + "/base.fvecs", count);
        float[][] queries = TestVectors.realVectors(dataset + "/query.fvecs", 300);
        Population population = new Population(Metric.COSINE, vectors, Seeds.splittable(RealVectorsTest.class));
        for (int round = 0; round < 3; round++) {
            population.replace(population.size / 2);
        }
        double fresh = TestVectors.recall(population.fresh(), queries, 10, 64);
        assertThat(TestVectors.recall(population.index, queries, 10, 64)).isGreaterThanOrEqualTo(fresh - 0.01);
        population.index.repair();
        assertThat(TestVectors.recall(population.index, queries, 10, 64)).isGreaterThanOrEqualTo(fresh - 0.01);
    }
}
