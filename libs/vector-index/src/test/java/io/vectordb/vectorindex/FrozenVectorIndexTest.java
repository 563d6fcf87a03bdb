package io.vectordb.vectorindex;

import static io.vectordb.vectorindex.GrowingVectorIndexRandomizedTest.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.FrozenVectorIndex.Residency;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrozenVectorIndexTest {

    private static final int DIMENSION = 40;

    @TempDir
    Path folder;

    private final SplittableRandom random = Seeds.splittable(FrozenVectorIndexTest.class);

    @ParameterizedTest
    @CsvSource({
        "COSINE,INT4,MAPPED",
        "COSINE,INT8,LOADED",
        "COSINE,BINARY,LOADED",
        "COSINE,NONE,MAPPED",
        "DOT,INT4,LOADED",
        "DOT,NONE,LOADED",
        "L2,INT4,LOADED",
        "L2,INT8,MAPPED",
        "L2,BINARY,MAPPED"
    })
    void aFrozenIndexFindsExactlyWhatItWasMadeOf(Metric metric, Quantization quantization, Residency residency)
            throws IOException {
        float[][] vectors = TestVectors.clustered(random, 3_100, DIMENSION, 30);
        GrowingVectorIndex source = TestVectors.index(metric, Arrays.copyOf(vectors, 3_000));
        FrozenOptions options = new FrozenOptions(quantization, VectorEncoding.FLOAT32);
        FrozenVectorIndex.write(source, options, file());
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file(), residency)) {
            assertThat(index.size()).isEqualTo(3_000);
            assertThat(index.metric()).isEqualTo(metric);
            assertThat(index.options()).isEqualTo(options);
            double recall = 0;
            for (float[] query : Arrays.copyOfRange(vectors, 3_000, 3_100)) {
                SearchResult exact = source.searchExact(query, 10, OrdinalFilter.ALL);
                assertSame(index.searchExact(query, 10, OrdinalFilter.ALL), exact);
                SearchResult walked = index.search(query, 10, 150, OrdinalFilter.ALL);
                recall += common(walked, exact) / 1_000.0;
            }
            assertThat(recall).isGreaterThanOrEqualTo(0.95);
            float[] out = new float[DIMENSION];
            boolean[] seen = new boolean[3_000];
            for (int node = 0; node < index.size(); node++) {
                index.vector(node, out);
                assertThat(out).isEqualTo(vectors[index.ordinal(node)]);
                seen[index.ordinal(node)] = true;
            }
            assertThat(seen).doesNotContain(false);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16,1e-3", "BFLOAT16,8e-3"})
    void aShorterEncodingRoundsVectorsAndIsExactOnWhatItKept(VectorEncoding encoding, double error) throws IOException {
        float[][] vectors = TestVectors.gaussians(random, 2_500, 33);
        FrozenVectorIndex.write(
                TestVectors.index(Metric.L2, vectors), new FrozenOptions(Quantization.INT4, encoding), file());
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file(), Residency.LOADED)) {
            GrowingVectorIndex rounded = TestVectors.empty(Metric.L2, 33);
            float[] out = new float[33];
            for (int node = 0; node < index.size(); node++) {
                index.vector(node, out);
                float[] original = vectors[index.ordinal(node)];
                for (int i = 0; i < out.length; i++) {
                    assertThat((double) out[i]).isCloseTo(original[i], within(error * Math.abs(original[i]) + 1e-7));
                }
                rounded.add(index.ordinal(node), out);
            }
            for (int i = 0; i < 20; i++) {
                float[] query = TestVectors.gaussian(random, 33);
                SearchResult exact = index.searchExact(query, 10, OrdinalFilter.ALL);
                assertSame(exact, rounded.searchExact(query, 10, OrdinalFilter.ALL));
                assertThat(common(index.search(query, 10, 400, OrdinalFilter.ALL), exact))
                        .isGreaterThanOrEqualTo(8);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptyAndTinyIndexesAndCrowdsOfEqualVectorsAreFrozenAsWell(Metric metric) throws IOException {
        for (int size : new int[] {0, 1, 2, 1_500}) {
            float[] crowd = TestVectors.gaussian(random, DIMENSION);
            float[][] vectors = TestVectors.gaussians(random, size, DIMENSION);
            for (int i = 0; i < size; i += 3) {
                vectors[i] = crowd.clone();
            }
            GrowingVectorIndex source = TestVectors.empty(metric, DIMENSION);
            for (int i = 0; i < size; i++) {
                source.add(7 * i, vectors[i]);
            }
            FrozenVectorIndex.write(source, FrozenOptions.defaults(), file());
            try (FrozenVectorIndex index = FrozenVectorIndex.open(file(), Residency.LOADED)) {
                assertThat(index.size()).isEqualTo(size);
                assertSame(
                        index.search(crowd, 500, 600, OrdinalFilter.ALL),
                        source.searchExact(crowd, 500, OrdinalFilter.ALL));
                assertThat(index.search(crowd, 5, 50, ordinal -> false).size()).isZero();
            }
        }
    }

    @Test
    void everyAlteredByteIsFoundAndItsSectionNamed() throws IOException {
        byte[] whole = frozenBytes();
        MemorySegment header = MemorySegment.ofArray(whole);
        for (Section section : Section.values()) {
            long offset = FrozenFormat.sectionOffset(header, section);
            long bytes = FrozenFormat.sectionBytes(header, section);
            for (int i = 0; i < (bytes == 0 ? 0 : 5); i++) {
                byte[] altered = whole.clone();
                altered[(int) (offset + random.nextLong(bytes))] ^= (byte) (1 << random.nextInt(8));
                assertCorrupt(altered, section.name().toLowerCase(Locale.ROOT));
            }
        }
        for (int at = 0; at < 300; at++) {
            byte[] altered = whole.clone();
            altered[at] ^= (byte) (1 << random.nextInt(8));
            assertCorrupt(altered, "header");
        }
    }

    @Test
    void aTruncatedOrTornFileIsFound() throws IOException {
        byte[] whole = frozenBytes();
        for (int length : new int[] {0, 1, 100, 4_095, 4_096, 5_000, whole.length / 2, whole.length - 1}) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> FrozenVectorIndex.open(file(), Residency.MAPPED))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT))
                    .hasMessageContaining(file().toString());
        }
        for (int i = 0; i < 10; i++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, 4_096 + 4_096 * random.nextInt(whole.length / 4_096 - 2), torn.length, (byte) 0);
            Files.write(file(), torn);
            assertThatThrownBy(() -> FrozenVectorIndex.open(file(), Residency.MAPPED))
                    .isInstanceOf(VectorDbException.class);
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        assertCorrupt(longer, "end");
    }

    @Test
    void whatIsLoadedIsTakenFromTheBudgetAndGivenBack() throws IOException {
        frozenBytes();
        MemoryBudget budget = new MemoryBudget(10 << 20);
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file(), Residency.LOADED, budget)) {
            assertThat(budget.usedBytes()).isEqualTo(index.memoryBytes()).isPositive();
            assertThat(index.mappedBytes()).isEqualTo(Files.size(file()));
        }
        assertThat(budget.usedBytes()).isZero();
        assertThatThrownBy(() -> FrozenVectorIndex.open(file(), Residency.LOADED, new MemoryBudget(1_000)))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_LIMIT));
    }

    @Test
    void closingLetsSearchesEndAndRefusesNewOnes() throws IOException, InterruptedException, ExecutionException {
        frozenBytes();
        for (int round = 0; round < 20; round++) {
            FrozenVectorIndex index = FrozenVectorIndex.open(file(), Residency.LOADED);
            float[] query = TestVectors.gaussian(random, DIMENSION);
            try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
                Future<Integer> searches = executor.submit(() -> {
                    int count = 0;
                    try {
                        while (true) {
                            assertThat(index.search(query, 10, 50, OrdinalFilter.ALL)
                                            .size())
                                    .isEqualTo(10);
                            count++;
                        }
                    } catch (IllegalStateException e) {
                        return count;
                    }
                });
                Thread.onSpinWait();
                index.close();
                index.close();
                assertThat(searches.get()).isNotNegative();
            }
            assertThatThrownBy(() -> index.vector(0, new float[DIMENSION]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void theBeamForARecallIsTheNarrowestThatWasMeasuredToReachIt() throws IOException {
        float[][] vectors = TestVectors.gaussians(random, 6_000, DIMENSION);
        FrozenVectorIndex.write(TestVectors.index(Metric.COSINE, vectors), FrozenOptions.defaults(), file());
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file(), Residency.LOADED)) {
            int narrow = index.efSearchFor(0.8, 10).orElseThrow();
            int wide = index.efSearchFor(0.95, 10).orElseThrow();
            assertThat(narrow).isLessThan(wide);
            assertThat(index.efSearchFor(0.8, 1_000).orElseThrow()).isGreaterThanOrEqualTo(1_000);
            double recall = 0;
            for (int i = 0; i < 100; i++) {
                float[] query = between(vectors[random.nextInt(6_000)], vectors[random.nextInt(6_000)]);
                SearchResult exact = index.searchExact(query, 10, OrdinalFilter.ALL);
                recall += common(index.search(query, 10, wide, OrdinalFilter.ALL), exact) / 1_000.0;
            }
            assertThat(recall).isGreaterThanOrEqualTo(0.92);
            assertThatThrownBy(() -> index.efSearchFor(1.1, 10)).hasMessageContaining("received 1.1");
        }
    }

    /** A query as such beams are measured with: it strays from one stored vector to another. */
    private static float[] between(float[] near, float[] far) {
        float[] query = new float[near.length];
        for (int i = 0; i < query.length; i++) {
            query[i] = 0.6f * near[i] + 0.4f * far[i];
        }
        return query;
    }

    private byte[] frozenBytes() throws IOException {
        float[][] vectors = TestVectors.clustered(random, 2_100, DIMENSION, 20);
        FrozenVectorIndex.write(TestVectors.index(Metric.COSINE, vectors), FrozenOptions.defaults(), file());
        return Files.readAllBytes(file());
    }

    private void assertCorrupt(byte[] bytes, String section) throws IOException {
        Files.write(file(), bytes);
        assertThatThrownBy(() -> FrozenVectorIndex.open(file(), Residency.MAPPED))
                .isInstanceOfSatisfying(VectorDbException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT);
                    assertThat(e.metadata()).containsEntry("section", section).containsEntry("file", file().toString());
                });
    }

    private Path file() {
        return folder.resolve("vectors.vec");
    }

    private static int common(SearchResult a, SearchResult b) {
        return (int) IntStream.of(a.ordinals())
                .filter(ordinal -> IntStream.of(b.ordinals()).anyMatch(other -> other == ordinal))
                .count();
    }
}
