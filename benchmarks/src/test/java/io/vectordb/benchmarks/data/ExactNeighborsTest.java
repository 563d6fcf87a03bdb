package io.vectordb.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExactNeighborsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Similarity.class)
    void areThoseOfAPlainScanAlsoUnderAFilterAndAmongDuplicates(Similarity similarity) throws IOException {
        Random random = Seeds.random(ExactNeighborsTest.class);
        float[][] vectors = TestData.vectors(random, 300, 19);
        vectors[200] = vectors[100].clone();
        VectorFile base = TestData.write(folder.resolve("v.fvecs"), vectors);
        float[][] queries = TestData.vectors(random, 20, 19);
        queries[0] = vectors[100].clone();
        Allowed odd = new Allowed(vectors.length);
        IntStream.range(0, vectors.length).filter(i -> i % 2 == 1).forEach(odd::add);

        ExactNeighbors exact = new ExactNeighbors(base, similarity);
        int[][] all = exact.of(queries, 12);
        int[][] filtered = exact.of(queries, 12, query -> odd);
        for (int i = 0; i < queries.length; i++) {
            float[] query = queries[i];
            Comparator<Integer> nearest = Comparator.<Integer>comparingDouble(
                            id -> similarity.exactDistance(query, vectors[id]))
                    .thenComparing(Comparator.naturalOrder());
            int[] order = IntStream.range(0, vectors.length)
                    .boxed()
                    .sorted(nearest)
                    .mapToInt(Integer::intValue)
                    .toArray();
            assertThat(all[i]).containsExactly(IntStream.of(order).limit(12).toArray());
            assertThat(filtered[i])
                    .containsExactly(
                            IntStream.of(order).filter(odd::contains).limit(12).toArray());
        }
    }
}
