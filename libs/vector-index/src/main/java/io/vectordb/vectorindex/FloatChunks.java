package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * A growing list of floats in chunks that never move, for one writer and many readers.
 *
 * <p>Threading: the table of chunks is replaced when it grows, and volatile, so a reader never sees a half-made one.
 * The values themselves are published by whoever publishes the index up to which readers may read.
 */
final class FloatChunks {

    private static final int SHIFT = 12;
    private static final int MASK = (1 << SHIFT) - 1;

    private volatile float[][] chunks = {};

    /** Writer only. */
    void set(int index, float value) {
        float[][] table = chunks;
        if (index >>> SHIFT == table.length) {
            table = Arrays.copyOf(table, table.length + 1);
            table[table.length - 1] = new float[1 << SHIFT];
            chunks = table;
        }
        table[index >>> SHIFT][index & MASK] = value;
    }

    /** The chunks of now, for a loop of {@link #get(float[][], int)}. */
    float[][] table() {
        return chunks;
    }

    static float get(float[][] table, int index) {
        return table[index >>> SHIFT][index & MASK];
    }

    long memoryBytes() {
        return (long) chunks.length * ((long) Float.BYTES << SHIFT);
    }
}
