package io.vectordb.vectorindex.quantization;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What codes are compared with, prepared by a {@link Quantizer}; reused from query to query by one thread. The distance
 * to a code is {@code offset + g - f * scale * (dot - half * h ...)} as {@link Quantizer#distances} computes it.
 */
public final class CodeQuery {

    private static final long ALIGNMENT = 64;

    private MemorySegment memory = MemorySegment.NULL;
    float[] rotated = {};
    byte[] levels = {};
    /** The integer code of the query, in the layout that the kernel of the codes wants. */
    long address;
    /** What the distances of all codes have in common. */
    float offset;
    /** The value of one step of the query's code. */
    float scale;
    /** The sum of the integers of the query's code. */
    float sum;
    /** The expected error of an estimated inner product, per unit of {@code f}. */
    float deviation;

    void ensure(int size, long bytes) {
        if (rotated.length < size) {
            rotated = new float[size];
            levels = new byte[size];
        }
        if (memory.byteSize() < bytes) {
            memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
            address = memory.address();
        }
    }
}
