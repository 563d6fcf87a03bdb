package io.vectordb.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatasetsTest {

    private final Random random = Seeds.random(DatasetsTest.class);

    @TempDir
    private Path folder;

    private Dataset resolve(String name, @Nullable Similarity similarity) throws IOException {
        return Datasets.resolve(
                new DatasetRequest(name, null, similarity, folder, folder.resolve("cache")), line -> {});
    }

    @Test
    void aFileHoldsOutItsLastThousandAsQueries() throws IOException {
        float[][] vectors = TestData.vectors(random, 1_200, 4);
        Path file = folder.resolve("mine.fvecs");
        TestData.write(file, vectors);
        Dataset dataset = resolve(file.toString(), null);
        assertThat(dataset.name()).isEqualTo("mine");
        assertThat(dataset.similarity()).isEqualTo(Similarity.L2);
        assertThat(dataset.base().toArrays()).isDeepEqualTo(Arrays.copyOf(vectors, 200));
        assertThat(dataset.queries().toArrays()).isDeepEqualTo(Arrays.copyOfRange(vectors, 200, 1_200));
        assertThat(dataset.neighbors()).hasNumberOfRows(1_000);
    }

    @Test
    void cosineScalesVectorsToUnitLength() throws IOException {
        Path set = folder.resolve("set");
        TestData.write(set.resolve("base.fvecs"), TestData.vectors(random, 50, 8));
        TestData.write(set.resolve("query.fvecs"), TestData.vectors(random, 3, 8));
        Dataset dataset = resolve(set.toString(), Similarity.COSINE);
        for (float[] vector : dataset.base().toArrays()) {
            assertThat(Normalizer.length(vector)).isCloseTo(1, within(1e-6));
        }
        assertThat(Normalizer.isNormalized(dataset.queries())).isTrue();
    }

    @Test
    void noisyVectorsAreNearTheirOriginsAndTheSameEveryTime() throws IOException {
        float[][] real = TestData.vectors(random, 20, 384);
        Arrays.stream(real).forEach(Normalizer::normalize);
        TestData.write(folder.resolve("sec-minilm-384/base.fvecs"), real);
        TestData.write(folder.resolve("sec-minilm-384/query.fvecs"), Arrays.copyOf(real, 2));
        Dataset dataset = resolve("minilm-1k", null);
        assertThat(dataset.base().size()).isEqualTo(1_000);
        assertThat(dataset.similarity()).isEqualTo(Similarity.COSINE);
        assertThat(dataset.note()).contains("Gaussian noise", "20 real");
        double sum = 0;
        for (int i = 0; i < 1_000; i++) {
            sum -= Similarity.COSINE.exactDistance(dataset.base().get(i), real[i % 20]);
        }
        assertThat(sum / 1_000).isCloseTo(NoisyVectors.COSINE, within(0.01));
        float[] before = dataset.base().get(999);
        NoisyVectors.write(
                VectorFile.open(folder.resolve("sec-minilm-384/base.fvecs")), 1_000, folder.resolve("again.fvecs"));
        assertThat(VectorFile.open(folder.resolve("again.fvecs")).get(999)).containsExactly(before);
    }

    @Test
    void anUnknownSetIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> resolve("glove", null))
                .hasMessageContaining("there is no data set glove")
                .hasMessageContaining("glove-100-angular");
    }
}
