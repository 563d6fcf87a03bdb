package io.vectordb.segment;

import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.VectorIndex;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;

/**
 * One segment of a shard: the rows that a range of its change feed made, by ordinal.
 *
 * <p>A row is the newest of its key from the version that made it until a later version ended it, in whichever segment
 * that is. Of all rows of a key at most one is alive.
 *
 * <p>One writer ends rows; any number of threads read. Readers look only at ordinals and versions that a view published
 * to them, which orders their reads after the writes.
 */
sealed interface SegmentPart permits GrowingSegment, SealedSegment {

    /** The version of a row that nothing has ended. */
    long ALIVE = Long.MAX_VALUE;

    /** No ordinal. */
    int NONE = -1;

    /** The range of the feed begins behind this. */
    long fromSeq();

    /** Rows alive and dead. Writer only; others ask a view. */
    int ordinals();

    /** Rows that nothing has ended so far. Writer only. */
    int live();

    RecordKey key(int ordinal);

    /** The key as bytes, as records are compared by. */
    byte[] keyBytes(int ordinal);

    /** The fields without vectors: in place of each an empty one that says that it is there. */
    Fields fields(int ordinal);

    /** The version that made the row. */
    long birth(int ordinal);

    /** The version that ended the row, or {@link #ALIVE}. */
    long death(int ordinal);

    /** Whether the row is the newest of its key as of {@code seq}. */
    default boolean isAlive(int ordinal, long seq) {
        return birth(ordinal) <= seq && death(ordinal) > seq;
    }

    /** Which rows pass, whether they are alive or not; of the cost that it says. */
    OrdinalFilter passing(RowFilter filter, BooleanSupplier cancelled);

    /** The vectors of a field, or nothing when no row has any. */
    Optional<? extends VectorIndex> vectors(VectorFieldSpec field);

    /** The vector of a row, where it has one. */
    Optional<float[]> vector(VectorFieldSpec field, int ordinal);

    /** The newest row of the key here, or {@link #NONE}. Writer only. */
    int find(RecordKey key, byte[] keyBytes);

    /** Says that from {@code seq} on the row is not the newest of its key any more. Writer only, once a row. */
    void end(int ordinal, long seq);

    /** The keys whose last change in the range was a deletion, with its version. Writer only, or when there is none. */
    void deletes(ObjLongConsumer<RecordKey> each);

    /** What vectors, codes and graphs occupy in memory. */
    long vectorMemoryBytes();

    /** What of its files is mapped. */
    long mappedBytes();
}
