package io.vectordb.segment;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The files of a sealed segment; numbers are little-endian.
 *
 * <ul>
 *   <li>{@value #HEADER}: a {@link io.vectordb.internal.segments.v1.SealedHeader}.
 *   <li>{@value #ROWS}: row after row: length of the key (4 bytes), the key as {@link
 *       io.vectordb.schema.RecordKeys#encode} writes it, the fields without vectors.
 *   <li>{@value #KEYS}: magic (8 bytes), version (4 bytes), number of rows n (4 bytes); where each row begins in {@value
 *       #ROWS}, and its end (n + 1 times 8 bytes); the version of each row (n times 8 bytes); the Murmur2 hashes of all
 *       keys, ascending (n times 4 bytes), and the rows that they belong to (n times 4 bytes).
 *   <li>{@value #DELETES}: length of the key (4 bytes), the key, version of the deletion (8 bytes), for each key whose
 *       last change in the range was a deletion; nothing where the range begins at 0.
 *   <li>{@value #VECTORS}0 and so on: a {@link io.vectordb.vectorindex.FrozenVectorIndex} per field.
 * </ul>
 *
 * <p>Checksums of files other than those of vectors, which have their own, are the business of who stores them.
 */
final class SealedFormat {

    static final int VERSION = 1;

    static final String HEADER = "segment";
    static final String ROWS = "rows";
    static final String KEYS = "keys";
    static final String DELETES = "deletes";
    static final String VECTORS = "vectors-";

    static final long MAGIC = 0x53_47_45_53_42_44_56L; // "VDBSEGS" in memory.
    static final int KEYS_HEADER_BYTES = 16;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SealedFormat() {}

    static long offsetsAt() {
        return KEYS_HEADER_BYTES;
    }

    static long birthsAt(long rows) {
        return offsetsAt() + (rows + 1) * Long.BYTES;
    }

    static long hashesAt(long rows) {
        return birthsAt(rows) + rows * Long.BYTES;
    }

    static long ordinalsAt(long rows) {
        return hashesAt(rows) + rows * Integer.BYTES;
    }

    static long keysBytes(long rows) {
        return ordinalsAt(rows) + rows * Integer.BYTES;
    }
}
