package io.vectordb.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VectorFileTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBitForBit() throws IOException {
        float[][] vectors = TestData.vectors(Seeds.random(VectorFileTest.class), 17, 5);
        vectors[3][2] = Float.MIN_VALUE;
        VectorFile file = TestData.write(folder.resolve("v.fvecs"), vectors);
        assertThat(file.size()).isEqualTo(17);
        assertThat(file.dimension()).isEqualTo(5);
        assertThat(file.toArrays()).isDeepEqualTo(vectors);
    }

    @Test
    void aFileThatWasNotCommittedIsNotThere() throws IOException {
        Path path = folder.resolve("v.fvecs");
        try (VectorFileWriter writer = new VectorFileWriter(path, 2)) {
            writer.add(new float[] {1, 2});
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        Path path = folder.resolve("v.fvecs");
        TestData.write(path, new float[][] {{1, 2}, {3, 4}});
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 22));
        assertThatThrownBy(() -> VectorFile.open(path))
                .isInstanceOf(VectorDbException.class)
                .hasMessageContaining("expected a multiple of 12 bytes, found 22 bytes");
    }

    @Test
    void aDimensionOutOfRangeIsRefused() throws IOException {
        Path path = ints(-1, 0);
        assertThatThrownBy(() -> VectorFile.open(path)).hasMessageContaining("found -1");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Path path = ints();
        assertThatThrownBy(() -> VectorFile.open(path)).hasMessageContaining("expected a dimension, found 0 bytes");
    }

    @Test
    void anotherDimensionWithinTheFileIsRefusedWhenItIsReached() throws IOException {
        VectorFile file = VectorFile.open(ints(1, 0, 2, 0));
        assertThat(file.get(0)).containsExactly(0);
        assertThatThrownBy(() -> file.get(1)).hasMessageContaining("expected dimension 1 at vector 1, found 2");
    }

    @Test
    void aMissingFileIsNamed() {
        Path path = folder.resolve("none.fvecs");
        assertThatThrownBy(() -> VectorFile.open(path)).hasMessageContaining("cannot read " + path);
    }

    private Path ints(int... values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return Files.write(folder.resolve("ints.fvecs"), bytes.array());
    }
}
