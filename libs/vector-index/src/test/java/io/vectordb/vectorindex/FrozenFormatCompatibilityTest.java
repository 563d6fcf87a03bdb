package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.vectorindex.FrozenVectorIndex.Residency;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files of every released version of the format still read, and what is written is still of that version.
 *
 * <p>A new version gets golden files of its own, written by {@code -Dgolden.write=true}; those of older ones stay.
 */
class FrozenFormatCompatibilityTest {

    private static final int COUNT = 60;
    private static final int DIMENSION = 40;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1,COSINE,INT4,FLOAT32", "1,L2,INT8,FLOAT16", "1,DOT,BINARY,BFLOAT16", "1,COSINE,NONE,FLOAT32"})
    void goldenFilesReadAndAreStillWhatIsWritten(
            int version, Metric metric, Quantization quantization, VectorEncoding encoding) throws IOException {
        float[][] vectors = TestVectors.gaussians(new SplittableRandom(20), COUNT, DIMENSION);
        vectors[41] = vectors[7].clone();
        GrowingVectorIndex source = TestVectors.index(metric, vectors);
        Path written = folder.resolve("written.vec");
        FrozenVectorIndex.write(source, new FrozenOptions(quantization, encoding), written);

        String name = "frozen-v" + version + "-" + metric + "-" + quantization + "-" + encoding + ".vec.gz";
        if (Boolean.getBoolean("golden.write")) {
            writeGolden(name, written);
        }
        Path golden = folder.resolve("golden.vec");
        try (InputStream in = new GZIPInputStream(
                Objects.requireNonNull(getClass().getResourceAsStream(name), "no golden file " + name))) {
            Files.copy(in, golden);
        }
        assertThat(written).hasSameBinaryContentAs(golden);
        try (FrozenVectorIndex index = FrozenVectorIndex.open(golden, Residency.MAPPED)) {
            assertThat(index.size()).isEqualTo(COUNT);
            float[] out = new float[DIMENSION];
            for (int node = 0; node < COUNT; node++) {
                index.vector(node, out);
                float[] original = vectors[index.ordinal(node)];
                for (int i = 0; i < DIMENSION; i++) {
                    assertThat(out[i]).isEqualTo(encoding.rounded(original[i]));
                }
            }
            assertThat(index.search(vectors[7], 3, 10, OrdinalFilter.ALL).ordinals())
                    .isEqualTo(
                            index.searchExact(vectors[7], 3, OrdinalFilter.ALL).ordinals());
        }
    }

    private static void writeGolden(String name, Path written) throws IOException {
        Path target = Path.of("src/test/resources/io/vectordb/vectorindex", name);
        Files.createDirectories(target.getParent());
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(target))) {
            Files.copy(written, out);
        }
    }
}
