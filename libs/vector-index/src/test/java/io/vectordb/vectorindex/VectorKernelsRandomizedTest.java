package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VectorKernelsRandomizedTest {

    private static final float UNTOUCHED = -7;

    private final SplittableRandom random = Seeds.random("VectorKernelsRandomizedTest");

    @Test
    void kernelsEqualTheirScalarTwinsForEveryShortLength() {
        IntStream.rangeClosed(1, 130).forEach(this::checkLength);
    }

    @Test
    void kernelsEqualTheirScalarTwinsForRandomLengths() {
        random.ints(200, 131, 4097).forEach(this::checkLength);
    }

    private void checkLength(int length) {
        float[] query = TestVectors.gaussian(random, length);
        float[][] vectors = TestVectors.gaussians(random, 4, length);
        // Every vector in memory of its own and at an odd offset, ending where the memory ends.
        long[] at = random.longs(4, 0, 5).map(floats -> floats * Float.BYTES).toArray();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment[] memory = new MemorySegment[4];
            for (int i = 0; i < 4; i++) {
                memory[i] = arena.allocate(at[i] + (long) length * Float.BYTES, Float.BYTES);
                MemorySegment.copy(vectors[i], 0, memory[i], ValueLayout.JAVA_FLOAT, at[i], length);
            }
            float[] dots = {UNTOUCHED, 0, 0, 0, 0, UNTOUCHED};
            float[] squares = dots.clone();
            float[] sums = new float[VectorKernels.SUMS];
            VectorKernels.dot(
                    query, length, memory[0], at[0], memory[1], at[1], memory[2], at[2], memory[3], at[3], sums, dots,
                    1);
            VectorKernels.squaredL2(
                    query, length, memory[0], at[0], memory[1], at[1], memory[2], at[2], memory[3], at[3], sums,
                    squares, 1);
            for (int i = 0; i < 4; i++) {
                double magnitude = Math.sqrt(scalarDot(query, query) * scalarDot(vectors[i], vectors[i]));
                double square = scalarSquaredL2(query, vectors[i]);
                assertThat((double) dots[i + 1])
                        .as("dot, length %d", length)
                        .isCloseTo(scalarDot(query, vectors[i]), within(1e-5 * magnitude));
                assertThat((double) squares[i + 1])
                        .as("squared L2, length %d", length)
                        .isCloseTo(square, within(1e-5 * square));
            }
            assertThat(dots[0] + dots[5] + squares[0] + squares[5]).isEqualTo(4 * UNTOUCHED);
        }
        assertThat(Vectors.dot(query, vectors[0], length))
                .isCloseTo(scalarDot(query, vectors[0]), within(1e-10 * length));
        assertThat(Vectors.squaredL2(query, vectors[0], length))
                .isCloseTo(scalarSquaredL2(query, vectors[0]), within(1e-10 * length));
    }

    private static double scalarDot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static double scalarSquaredL2(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
