package io.vectordb.segment;

import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import java.util.Arrays;

/**
 * The rows of a segment by ordinal: key, fields without vectors, and the span of versions in which each is the newest of
 * its key.
 *
 * <p>One writer appends and ends rows; readers look only at ordinals and versions that were published to them through a
 * volatile field, which orders their reads after the writes. Chunks never move, so growing disturbs nobody.
 */
final class Rows {

    private static final int CHUNK_BITS = 12;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int MASK = CHUNK - 1;

    private volatile Chunk[] chunks = new Chunk[0];
    private int size;

    private static final class Chunk {
        final RecordKey[] keys = new RecordKey[CHUNK];
        final Fields[] fields = new Fields[CHUNK];
        final long[] births = new long[CHUNK];
        final long[] deaths = new long[CHUNK];
    }

    /** Appends a row that is the newest of its key from {@code seq} on; its ordinal. Writer only. */
    int append(RecordKey key, Fields fields, long seq) {
        if (size >> CHUNK_BITS == chunks.length) {
            Chunk[] grown = Arrays.copyOf(chunks, chunks.length + 1);
            grown[chunks.length] = new Chunk();
            chunks = grown;
        }
        int ordinal = size++;
        Chunk chunk = chunk(ordinal);
        int at = ordinal & MASK;
        chunk.keys[at] = key;
        chunk.fields[at] = fields;
        chunk.births[at] = seq;
        chunk.deaths[at] = SegmentPart.ALIVE;
        return ordinal;
    }

    /** Says that from {@code seq} on the row is not the newest of its key any more. Writer only. */
    void end(int ordinal, long seq) {
        chunk(ordinal).deaths[ordinal & MASK] = seq;
    }

    int size() {
        return size;
    }

    RecordKey key(int ordinal) {
        return chunk(ordinal).keys[ordinal & MASK];
    }

    Fields fields(int ordinal) {
        return chunk(ordinal).fields[ordinal & MASK];
    }

    long birth(int ordinal) {
        return chunk(ordinal).births[ordinal & MASK];
    }

    long death(int ordinal) {
        return chunk(ordinal).deaths[ordinal & MASK];
    }

    private Chunk chunk(int ordinal) {
        return chunks[ordinal >> CHUNK_BITS];
    }
}
