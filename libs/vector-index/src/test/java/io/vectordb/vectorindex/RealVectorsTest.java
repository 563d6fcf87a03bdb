package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

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
}
