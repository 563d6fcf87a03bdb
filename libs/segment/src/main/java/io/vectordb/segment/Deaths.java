package io.vectordb.segment;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Which versions ended the rows of a sealed segment; takes memory only where rows have ended.
 *
 * <p>One writer; readers look at versions that were published to them.
 */
final class Deaths {

    private static final int CHUNK_BITS = 10;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final AtomicReferenceArray<long[]> chunks;
    private int count;

    Deaths(int rows) {
        chunks = new AtomicReferenceArray<>((rows + CHUNK - 1) >> CHUNK_BITS);
    }

    long get(int ordinal) {
        long[] chunk = chunks.get(ordinal >> CHUNK_BITS);
        return chunk == null ? SegmentPart.ALIVE : chunk[ordinal & CHUNK - 1];
    }

    /** Writer only. */
    void set(int ordinal, long seq) {
        long[] chunk = chunks.get(ordinal >> CHUNK_BITS);
        if (chunk == null) {
            chunk = new long[CHUNK];
            Arrays.fill(chunk, SegmentPart.ALIVE);
            chunks.set(ordinal >> CHUNK_BITS, chunk);
        }
        count += chunk[ordinal & CHUNK - 1] == SegmentPart.ALIVE ? 1 : 0;
        chunk[ordinal & CHUNK - 1] = seq;
    }

    /** Rows that have ended. Writer only. */
    int count() {
        return count;
    }
}
