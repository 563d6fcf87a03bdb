package io.vectordb.vectorindex.kernel;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Compares kernels with what they must compute: integers with {@link ScalarKernels} exactly, floats with sums in double
 * precision, from which any order of {@code n} float additions and multiplications differs by at most about
 * {@code n * 2^-24} times the sum of the absolute values of the terms (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1).
 *
 * <p>Every method throws IllegalStateException, naming the kernels and the values, where they differ.
 */
final class KernelCheck {

    private static final int[] LENGTHS = {1, 31, 100, 384, 449};
    private static final int[] COUNTS = {1, 16, 5};
    private static final double UNIT_ROUNDOFF = 0x1p-24;
    private static final int LINE_BYTES = 64;
    /** Stands behind the last result, and must stay. */
    private static final int SENTINEL = 0x5AFE_C0DE;

    private final Kernels kernels;
    private final Kernels oracle = new ScalarKernels();
    private final RandomGenerator random;

    KernelCheck(Kernels kernels, RandomGenerator random) {
        this.kernels = kernels;
        this.random = random;
    }

    /** A quick check of everything on some inputs that are always the same: some milliseconds. */
    static void verify(Kernels kernels) {
        KernelCheck check = new KernelCheck(kernels, new Random(42));
        for (int length : LENGTHS) {
            for (int count : COUNTS) {
                check.dot(length, count, 0);
                check.squaredL2(length, count, 0);
                check.dotInt8(length, count, 0, false);
                check.dotBits(length / 16 + 1, count, 0, length % 2 == 0, false);
            }
        }
    }

    /** @param shift floats by which addresses lie off the start of a cache line */
    void dot(int length, int count, int shift) {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, length * Float.BYTES, length * Float.BYTES, count, shift * Float.BYTES);
            batch.fillFloats(length);
            kernels.dot(batch.query, length, batch.vectors, count, batch.out);
            for (int v = 0; v < count; v++) {
                double sum = 0;
                double magnitude = 0;
                for (int i = 0; i < length; i++) {
                    double term = (double) batch.queryFloat(i) * batch.vectorFloat(v, i);
                    sum += term;
                    magnitude += Math.abs(term);
                }
                requireNear("dot", length, v, sum, magnitude, batch);
            }
            batch.requireSentinel("dot");
        }
    }

    /** @param shift floats by which addresses lie off the start of a cache line */
    void squaredL2(int length, int count, int shift) {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, length * Float.BYTES, length * Float.BYTES, count, shift * Float.BYTES);
            batch.fillFloats(length);
            kernels.squaredL2(batch.query, length, batch.vectors, count, batch.out);
            for (int v = 0; v < count; v++) {
                double sum = 0;
                for (int i = 0; i < length; i++) {
                    double difference = (double) batch.queryFloat(i) - batch.vectorFloat(v, i);
                    sum += difference * difference;
                }
                requireNear("squaredL2", length, v, sum, sum, batch);
            }
            batch.requireSentinel("squaredL2");
        }
    }

    /**
     * @param shift bytes by which addresses lie off the start of a cache line
     * @param extreme whether all bytes are the least or the greatest of their type
     */
    void dotInt8(int length, int count, int shift, boolean extreme) {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, length, length, count, shift);
            batch.fillBytes(batch.query, length, extreme ? new byte[] {-128, 127} : new byte[0]);
            for (int v = 0; v < count; v++) {
                batch.fillBytes(batch.vector(v), length, extreme ? new byte[] {0, -1} : new byte[0]);
            }
            oracle.dotInt8(batch.query, length, batch.vectors, count, batch.expected);
            kernels.dotInt8(batch.query, length, batch.vectors, count, batch.out);
            batch.requireEqual("dotInt8", length);
        }
    }

    /** The most negative sums that there are. */
    void leastInt8(int length, int count) {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, length, length, count, 0);
            batch.fillBytes(batch.query, length, new byte[] {-128});
            for (int v = 0; v < count; v++) {
                batch.fillBytes(batch.vector(v), length, new byte[] {-1});
                OffHeap.putInt(batch.expected + (long) v * Integer.BYTES, -128 * 255 * length);
            }
            kernels.dotInt8(batch.query, length, batch.vectors, count, batch.out);
            batch.requireEqual("dotInt8", length);
        }
    }

    /**
     * @param shift longs by which addresses lie off the start of a cache line
     * @param extreme whether all bits are ones
     */
    void dotBits(int words, int count, int shift, boolean signed, boolean extreme) {
        try (Arena arena = Arena.ofConfined()) {
            int block = (int) ScalarKernels.blockBytes(words);
            Batch batch = new Batch(arena, (Kernels.QUERY_BITS + 1) * block, block, count, shift * Long.BYTES);
            byte[] ones = extreme ? new byte[] {-1} : new byte[0];
            for (int b = 0; b < Kernels.QUERY_BITS; b++) {
                batch.fillBytes(batch.query + (long) b * block, words * Long.BYTES, ones);
            }
            for (int w = 0; w < words; w++) {
                OffHeap.putLong(batch.query + (long) Kernels.QUERY_BITS * block + (long) w * Long.BYTES, w % 8);
            }
            for (int v = 0; v < count; v++) {
                // What lies behind a code up to the end of its block does not count, and so is filled as well.
                batch.fillBytes(batch.vector(v), block, ones);
            }
            oracle.dotBits(batch.query, signed, words, batch.vectors, count, batch.expected);
            kernels.dotBits(batch.query, signed, words, batch.vectors, count, batch.out);
            batch.requireEqual("dotBits", words);
        }
    }

    private void requireNear(String kernel, int length, int v, double expected, double magnitude, Batch batch) {
        float received = OffHeap.getFloat(batch.out + (long) v * Float.BYTES);
        // Two more than there are terms: one for the difference of two components, one for the rounding of the bound.
        double bound = (length + 2) * UNIT_ROUNDOFF * magnitude;
        if (!(Math.abs(received - expected) <= bound)) {
            throw wrong(kernel, length, v, expected + " within " + bound, received);
        }
    }

    private IllegalStateException wrong(String kernel, int length, int v, Object expected, Object received) {
        return new IllegalStateException("%s: %s of length %d, result %d: expected %s, received %s"
                .formatted(kernels.name(), kernel, length, v, expected, received));
    }

    /** A query, stored vectors at random distances from each other, and room for results. */
    private final class Batch {

        final long query;
        final long vectors;
        final long out;
        final long expected;
        private final int count;

        Batch(Arena arena, long queryBytes, long vectorBytes, int count, int shift) {
            this.count = count;
            this.query = arena.allocate(queryBytes + shift, LINE_BYTES).address() + shift;
            this.vectors =
                    arena.allocate((long) (count + 1) * Long.BYTES, LINE_BYTES).address();
            for (int v = 0; v < count; v++) {
                // Without shift at the start of a line, otherwise each somewhere else.
                long off = (long) shift * (v + 1) % LINE_BYTES;
                OffHeap.putLong(
                        vectors + (long) v * Long.BYTES,
                        arena.allocate(vectorBytes + off, LINE_BYTES).address() + off);
            }
            this.out = arena.allocate((long) (count + 1) * Integer.BYTES, LINE_BYTES)
                    .address();
            this.expected = arena.allocate((long) (count + 1) * Integer.BYTES, LINE_BYTES)
                    .address();
            OffHeap.putInt(out + (long) count * Integer.BYTES, SENTINEL);
        }

        long vector(int v) {
            return OffHeap.getLong(vectors + (long) v * Long.BYTES);
        }

        float queryFloat(int i) {
            return OffHeap.getFloat(query + (long) i * Float.BYTES);
        }

        float vectorFloat(int v, int i) {
            return OffHeap.getFloat(vector(v) + (long) i * Float.BYTES);
        }

        void fillFloats(int length) {
            for (int i = 0; i < length; i++) {
                OffHeap.putFloat(query + (long) i * Float.BYTES, (float) random.nextGaussian());
                for (int v = 0; v < count; v++) {
                    OffHeap.putFloat(vector(v) + (long) i * Float.BYTES, (float) random.nextGaussian());
                }
            }
        }

        /** @param choice what to take, any byte if empty */
        void fillBytes(long address, int bytes, byte[] choice) {
            for (int i = 0; i < bytes; i++) {
                int value = choice.length == 0 ? random.nextInt() : choice[random.nextInt(choice.length)];
                OffHeap.putByte(address + i, (byte) value);
            }
        }

        void requireEqual(String kernel, int length) {
            for (int v = 0; v < count; v++) {
                int want = OffHeap.getInt(expected + (long) v * Integer.BYTES);
                int received = OffHeap.getInt(out + (long) v * Integer.BYTES);
                if (want != received) {
                    throw wrong(kernel, length, v, want, received);
                }
            }
            requireSentinel(kernel);
        }

        void requireSentinel(String kernel) {
            int behind = OffHeap.getInt(out + (long) count * Integer.BYTES);
            if (behind != SENTINEL) {
                throw new IllegalStateException(
                        "%s: %s of %d vectors writes behind its results".formatted(kernels.name(), kernel, count));
            }
        }
    }
}
