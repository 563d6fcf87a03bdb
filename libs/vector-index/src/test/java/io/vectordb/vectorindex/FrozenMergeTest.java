package io.vectordb.vectorindex;

import static io.vectordb.vectorindex.GrowingVectorIndexRandomizedTest.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.testkit.Seeds;
import io.vectordb.vectorindex.FrozenVectorIndex.Residency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrozenMergeTest {

    private static final int DIMENSION = 32;

    @TempDir
    Path folder;

    private final SplittableRandom random = Seeds.splittable(FrozenMergeTest.class);

    @ParameterizedTest
    @EnumSource
    void aMergeHasExactlyTheSurvivorsOfAllAndTheRecallOfAFreshBuild(Metric metric) throws IOException {
        float[][] vectors = TestVectors.clustered(random, 4_500, DIMENSION, 40);
        int[] bounds = {0, 700, 3_300, 4_500};
        // A crowd of equal vectors in every part, the first of which is gone.
        for (int i = 0; i < vectors.length; i += 50) {
            vectors[i] = vectors[0].clone();
        }
        boolean[] gone = new boolean[vectors.length];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = i == 0 || random.nextInt(4) == 0;
        }
        List<FrozenMerge.Source> sources = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            int from = bounds[part];
            FrozenVectorIndex index = frozen(metric, Arrays.copyOfRange(vectors, from, bounds[part + 1]), part);
            sources.add(new FrozenMerge.Source(index, ordinal -> gone[from + ordinal] ? -1 : from + ordinal));
        }
        Path file = folder.resolve("merged.vec");
        FrozenMerge.merge(sources, HnswParameters.defaults(), FrozenOptions.defaults(), MemoryBudget.unlimited(), file);
        GrowingVectorIndex fresh = TestVectors.empty(metric, DIMENSION);
        for (int i = 0; i < vectors.length; i++) {
            if (!gone[i]) {
                fresh.add(i, vectors[i]);
            }
        }
        try (FrozenVectorIndex merged = FrozenVectorIndex.open(file, Residency.LOADED)) {
            assertThat(merged.size()).isEqualTo(fresh.size());
            float[][] queries = TestVectors.clustered(random, 1_000, DIMENSION, 100);
            for (float[] query : Arrays.copyOf(queries, 100)) {
                assertSame(
                        merged.searchExact(query, 20, OrdinalFilter.ALL),
                        fresh.searchExact(query, 20, OrdinalFilter.ALL));
            }
            SearchResult crowd = fresh.searchExact(vectors[0], 60, OrdinalFilter.ALL);
            assertSame(merged.searchExact(vectors[0], 60, OrdinalFilter.ALL), crowd);
            // Longer vectors are nearer by inner product: an equal one that a walk misses gets a chain of its own.
            if (metric != Metric.DOT) {
                assertSame(merged.search(vectors[0], 60, 100, OrdinalFilter.ALL), crowd);
            }
            assertThat(TestVectors.recall(merged, queries, 10, 60))
                    .isGreaterThanOrEqualTo(TestVectors.recall(fresh, queries, 10, 60) - 0.02);
        } finally {
            sources.forEach(source -> source.index().close());
        }
    }

    @Test
    void indexesThatAreNotAlikeAreRefusedAndAnEmptyResultIsWhole() throws IOException {
        FrozenVectorIndex a = frozen(Metric.L2, TestVectors.gaussians(random, 30, DIMENSION), 0);
        FrozenVectorIndex b = frozen(Metric.L2, TestVectors.gaussians(random, 30, 8), 1);
        IntUnaryOperator none = ordinal -> -1;
        Path file = folder.resolve("merged.vec");
        HnswParameters parameters = HnswParameters.defaults();
        List<FrozenMerge.Source> unlike = List.of(new FrozenMerge.Source(a, none), new FrozenMerge.Source(b, none));
        assertThatThrownBy(() ->
                        FrozenMerge.merge(unlike, parameters, FrozenOptions.defaults(), MemoryBudget.unlimited(), file))
                .hasMessageContaining("dimension 8");
        assertThat(file).doesNotExist();
        MemoryBudget budget = MemoryBudget.unlimited();
        FrozenMerge.merge(List.of(new FrozenMerge.Source(a, none)), parameters, FrozenOptions.defaults(), budget, file);
        assertThat(budget.usedBytes()).isZero();
        try (FrozenVectorIndex merged = FrozenVectorIndex.open(file, Residency.MAPPED)) {
            assertThat(merged.size()).isZero();
        }
        a.close();
        b.close();
    }

    @Test
    void vectorsThatAnEncodingHasRoundedToZeroDoNotSpoilAMerge() throws IOException {
        FrozenOptions options = new FrozenOptions(Quantization.INT4, VectorEncoding.FLOAT16);
        float[][] vectors = TestVectors.clustered(random, 3_000, DIMENSION, 40);
        for (int i = 0; i < vectors.length; i += 500) {
            for (int j = 0; j < DIMENSION; j++) {
                vectors[i][j] *= 1e-12f;
            }
        }
        List<FrozenMerge.Source> sources = new ArrayList<>();
        for (int from : new int[] {0, 2_000}) {
            float[][] part = Arrays.copyOfRange(vectors, from, from == 0 ? 2_000 : 3_000);
            Path file = folder.resolve("part-" + from + ".vec");
            FrozenVectorIndex.write(TestVectors.index(Metric.COSINE, part), options, file);
            FrozenVectorIndex index = FrozenVectorIndex.open(file, Residency.MAPPED);
            sources.add(new FrozenMerge.Source(index, ordinal -> from + ordinal));
        }
        Path file = folder.resolve("merged.vec");
        FrozenMerge.merge(sources, HnswParameters.defaults(), options, MemoryBudget.unlimited(), file);
        try (FrozenVectorIndex merged = FrozenVectorIndex.open(file, Residency.LOADED)) {
            assertThat(merged.size()).isEqualTo(3_000);
            float[][] queries = TestVectors.clustered(random, 50, DIMENSION, 50);
            assertThat(TestVectors.recall(merged, queries, 10, 60)).isGreaterThanOrEqualTo(0.9);
        } finally {
            sources.forEach(source -> source.index().close());
        }
    }

    private FrozenVectorIndex frozen(Metric metric, float[][] vectors, int number) throws IOException {
        Path file = folder.resolve("part-" + number + ".vec");
        FrozenVectorIndex.write(TestVectors.index(metric, vectors), FrozenOptions.defaults(), file);
        return FrozenVectorIndex.open(file, Residency.MAPPED);
    }
}
