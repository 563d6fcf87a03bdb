package io.vectordb.vectorindex.quantization;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A random orthogonal map of {@code n} dimensions into {@code size() >= n}: it keeps inner products, and spreads a
 * vector evenly over its components, as a quantiser with one scale per vector needs it.
 *
 * <p>Random signs and Walsh-Hadamard transforms in turn, over the first and the last block of the largest power of two
 * that fits, after the fast Johnson-Lindenstrauss transform of Ailon and Chazelle (2009). Depends on {@code n} alone, so
 * that nothing of it is stored.
 *
 * <p>Immutable. Cost: {@code O(n log n)}, some two microseconds at 384 dimensions.
 */
public final class Rotation {

    /** Bits of the words that codes are cut into. */
    private static final int GRANULE = 64;

    private static final long SEED = 0x5EED_0F_2072L;
    private static final int ROUNDS = 4;

    private final int dimension;
    private final int size;
    private final int block;
    private final float[][] signs;

    public Rotation(int dimension) {
        this.dimension = dimension;
        size = (dimension + GRANULE - 1) / GRANULE * GRANULE;
        block = Integer.highestOneBit(size);
        SplittableRandom random = new SplittableRandom(SEED + size);
        float scale = (float) (1 / Math.sqrt(block));
        signs = new float[ROUNDS][size];
        for (int round = 0; round < ROUNDS; round++) {
            int from = start(round);
            for (int i = 0; i < size; i++) {
                boolean transformed = i >= from && i < from + block;
                float magnitude = transformed ? scale : 1;
                signs[round][i] = random.nextBoolean() ? magnitude : -magnitude;
            }
        }
    }

    /** Components of a rotated vector: the dimension, rounded up to whole words of bits. */
    public int size() {
        return size;
    }

    /** Rotates the first components of an array, as many as there are dimensions; its {@link #size()} are overwritten. */
    void apply(float[] vector) {
        Arrays.fill(vector, dimension, size, 0);
        for (int round = 0; round < ROUNDS; round++) {
            float[] sign = signs[round];
            for (int i = 0; i < size; i++) {
                vector[i] *= sign[i];
            }
            transform(vector, start(round));
        }
    }

    private int start(int round) {
        return round % 2 == 0 ? 0 : size - block;
    }

    private void transform(float[] vector, int from) {
        for (int half = 1; half < block; half *= 2) {
            for (int i = from; i < from + block; i += 2 * half) {
                for (int j = i; j < i + half; j++) {
                    float a = vector[j];
                    float b = vector[j + half];
                    vector[j] = a + b;
                    vector[j + half] = a - b;
                }
            }
        }
    }
}
