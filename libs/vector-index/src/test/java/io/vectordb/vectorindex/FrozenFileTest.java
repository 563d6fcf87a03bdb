package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.FrozenVectorIndex.Residency;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files whose checksums are right and whose content is not: addresses would be computed from it. */
class FrozenFileTest {

    private static final int DIMENSION = 40;
    private static final int COUNT = 400;

    @TempDir
    Path folder;

    private final SplittableRandom random = Seeds.splittable(FrozenFileTest.class);
    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("vectors.vec");
        FrozenVectorIndex.write(
                TestVectors.index(Metric.COSINE, TestVectors.gaussians(random, COUNT, DIMENSION)),
                FrozenOptions.defaults(),
                file);
    }

    @Test
    void aFileThatIsSealedAnewAndNotAlteredIsStillGood() throws IOException {
        alter((bytes, nodes) -> {});
        try (FrozenVectorIndex index = FrozenVectorIndex.open(file, Residency.LOADED)) {
            assertThat(index.size()).isEqualTo(COUNT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "28,0",
        "28,-40",
        "28,2147483647",
        "32,-1",
        "36,-1",
        "48,1",
        "48,-16",
        "52,0",
        "68,2146959360",
        "72,1",
        "72,3",
        "72,8",
        "76,7",
        "80,48",
        "80,-128"
    })
    void numbersOfTheHeaderThatCannotBeAreFound(int at, int value) throws IOException {
        alter((bytes, nodes) -> bytes.set(FrozenFormat.INT, at, value));
        assertCorrupt();
    }

    @Test
    void aCodeThatIsShorterThanItsFormatIsFound() throws IOException {
        alter((bytes, nodes) -> {
            bytes.set(FrozenFormat.INT, 80, 48);
            long offset = FrozenFormat.sectionOffset(bytes, Section.CODES);
            FrozenFormat.setSection(bytes, Section.CODES, offset, 48L * COUNT, 0);
        });
        assertCorrupt();
    }

    @Test
    void aSectionThatBeginsWithinALineIsFound() throws IOException {
        alter((bytes, nodes) -> {
            long offset = FrozenFormat.sectionOffset(bytes, Section.NODES);
            long length = FrozenFormat.sectionBytes(bytes, Section.NODES);
            FrozenFormat.setSection(bytes, Section.NODES, offset + 1, length, 0);
        });
        assertCorrupt();
    }

    @Test
    void ordinalsAndStatesThatCannotBeAreFound() throws IOException {
        alter((bytes, nodes) -> bytes.set(FrozenFormat.INT, nodes + 16 * 7, -3));
        assertCorrupt();
    }

    @Test
    void aChainThatLeadsBackIsFound() throws IOException {
        alter((bytes, nodes) -> {
            bytes.set(FrozenFormat.INT, nodes + 16 * 5 + 8, 9);
            bytes.set(FrozenFormat.INT, nodes + 16 * 9 + 8, 5);
        });
        assertCorrupt();
    }

    /** The first node has lists of its own and those that the next one takes away again. */
    @Test
    void levelsBelowTheLowestAreFound() throws IOException {
        alter((bytes, nodes) -> {
            int lists = level(bytes, nodes, 0) + level(bytes, nodes, 1);
            setLevel(bytes, nodes, 0, lists + 1);
            setLevel(bytes, nodes, 1, -1);
            bytes.set(FrozenFormat.INT, nodes + 16 + 4, lists + 1);
            int entry = bytes.get(FrozenFormat.INT, 40);
            if (entry < 2) {
                bytes.set(FrozenFormat.LONG, 40, HnswGraph.entry(entry, level(bytes, nodes, entry)));
            }
        });
        assertCorrupt();
    }

    @Test
    void aNodeInAListOfALevelAboveItsOwnIsFound() throws IOException {
        // The last nodes are on level 0 alone, since those of upper levels come first.
        alter((bytes, nodes) ->
                bytes.set(FrozenFormat.INT, FrozenFormat.sectionOffset(bytes, Section.UPPER), COUNT - 1));
        assertCorrupt();
    }

    private static int level(MemorySegment bytes, long nodes, int node) {
        return bytes.get(ValueLayout.JAVA_BYTE, nodes + 16L * node + 13);
    }

    private static void setLevel(MemorySegment bytes, long nodes, int node, int level) {
        bytes.set(ValueLayout.JAVA_BYTE, nodes + 16L * node + 13, (byte) level);
    }

    /** Alters the file, given the offset of its nodes, and puts right all checksums. */
    private void alter(BiConsumer<MemorySegment, Long> change) throws IOException {
        byte[] content = Files.readAllBytes(file);
        MemorySegment bytes = MemorySegment.ofArray(content);
        change.accept(bytes, FrozenFormat.sectionOffset(bytes, Section.NODES));
        for (Section section : Section.values()) {
            long offset = FrozenFormat.sectionOffset(bytes, section);
            long length = FrozenFormat.sectionBytes(bytes, section);
            int checksum = checksum(content, (int) offset, (int) length);
            FrozenFormat.setSection(bytes, section, offset, length, checksum);
        }
        int from = FrozenFormat.CHECKED_FROM;
        bytes.set(
                FrozenFormat.INT, FrozenFormat.CHECKSUM_AT, checksum(content, from, FrozenFormat.HEADER_BYTES - from));
        Files.write(file, content);
    }

    private static int checksum(byte[] content, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, offset, length);
        return (int) checksum.getValue();
    }

    private void assertCorrupt() {
        MemoryBudget budget = MemoryBudget.unlimited();
        assertThatThrownBy(() ->
                        FrozenVectorIndex.open(file, Residency.LOADED, budget).close())
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT));
        assertThat(budget.usedBytes()).isZero();
    }
}
