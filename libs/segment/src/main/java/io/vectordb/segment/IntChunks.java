package io.vectordb.segment;

import java.util.Arrays;

/** A growing list of ints with one writer; readers look only at entries published to them. */
final class IntChunks {

    private static final int CHUNK_BITS = 12;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private volatile int[][] chunks = new int[0][];

    /** Sets the entry at {@code index}, which is at most one beyond the last chunk's end. Writer only. */
    void set(int index, int value) {
        if (index >> CHUNK_BITS >= chunks.length) {
            int[][] grown = Arrays.copyOf(chunks, chunks.length + 1);
            grown[chunks.length] = new int[CHUNK];
            chunks = grown;
        }
        chunks[index >> CHUNK_BITS][index & CHUNK - 1] = value;
    }

    int get(int index) {
        return chunks[index >> CHUNK_BITS][index & CHUNK - 1];
    }

    long memoryBytes() {
        return (long) chunks.length * CHUNK * Integer.BYTES;
    }
}
