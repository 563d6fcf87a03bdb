package io.vectordb.vectorindex.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle of the other kernels computes what {@link Kernels} says. */
final class ScalarKernelsTest {

    private final Kernels kernels = new ScalarKernels();
    private final Arena arena = Arena.ofConfined();
    private final long out = arena.allocate(64).address();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void floatsAreMultipliedAndSubtracted() {
        long query = floats(1, 2, 3);
        long vectors = addresses(floats(4, 5, 6), floats(-1, 0, 1));
        kernels.dot(query, 3, vectors, 2, out);
        assertThat(OffHeap.getFloat(out)).isEqualTo(32);
        assertThat(OffHeap.getFloat(out + 4)).isEqualTo(2);
        kernels.squaredL2(query, 3, vectors, 2, out);
        assertThat(OffHeap.getFloat(out)).isEqualTo(27);
        assertThat(OffHeap.getFloat(out + 4)).isEqualTo(12);
    }

    @Test
    void queriesAreOfSignedAndCodesOfUnsignedBytes() {
        long query = bytes(-128, 127, 1);
        kernels.dotInt8(query, 3, addresses(bytes(255, 0, 7), bytes(0, 255, 7)), 2, out);
        assertThat(OffHeap.getInt(out)).isEqualTo(-128 * 255 + 7);
        assertThat(OffHeap.getInt(out + 4)).isEqualTo(127 * 255 + 7);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "2, true", "2, false", "4, true", "4, false"})
    void productsOfBitPlanesAreThoseOfTheirIntegers(int codeBits, boolean signed) {
        int dimensions = 448;
        Random random = new Random(codeBits);
        int[] query = random.ints(dimensions, signed ? -8 : 0, signed ? 8 : 16).toArray();
        int[] code = random.ints(dimensions, 0, 1 << codeBits).toArray();
        int expected = 0;
        for (int i = 0; i < dimensions; i++) {
            expected += query[i] * code[i];
        }

        int words = dimensions / Long.SIZE * codeBits;
        long codePlanes = arena.allocate(ScalarKernels.blockBytes(words)).address();
        for (int p = 0; p < codeBits; p++) {
            putPlane(codePlanes, p * dimensions / Long.SIZE, code, p);
        }
        kernels.dotBits(queryPlanes(query, codeBits, words), signed, words, addresses(codePlanes), 1, out);
        assertThat(OffHeap.getInt(out)).isEqualTo(expected);
    }

    /** The layout of {@link Kernels#dotBits}. */
    private long queryPlanes(int[] query, int codeBits, int words) {
        long block = ScalarKernels.blockBytes(words);
        long planes = arena.allocate((Kernels.QUERY_BITS + 1) * block).address();
        int wordsOfPlane = words / codeBits;
        for (int p = 0; p < codeBits; p++) {
            for (int b = 0; b < Kernels.QUERY_BITS; b++) {
                putPlane(planes + b * block, p * wordsOfPlane, query, b);
            }
            for (int w = 0; w < wordsOfPlane; w++) {
                long word = (long) (p * wordsOfPlane + w) * Long.BYTES;
                OffHeap.putLong(planes + Kernels.QUERY_BITS * block + word, p);
            }
        }
        return planes;
    }

    /** Puts one bit of every value at consecutive longs. */
    private static void putPlane(long address, int firstWord, int[] values, int bit) {
        for (int i = 0; i < values.length; i++) {
            long word = address + (firstWord + (long) i / Long.SIZE) * Long.BYTES;
            long set = (long) (values[i] >> bit & 1) << i % Long.SIZE;
            OffHeap.putLong(word, OffHeap.getLong(word) | set);
        }
    }

    private long floats(float... values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values).address();
    }

    private long addresses(long... values) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, values).address();
    }

    private long bytes(int... values) {
        MemorySegment segment = arena.allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
        }
        return segment.address();
    }
}
