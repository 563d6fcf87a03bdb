package io.vectordb.storage;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.storage.StoreFormat.FeedFloor;
import io.vectordb.storage.StoreFormat.StoreState;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;

/** What the {@code system} rows say as of a view, so that it fits the rows read beside it. */
final class StoreReader {

    private final ShardIdentity identity;
    private final ColumnFamilyHandle system;

    StoreReader(ShardIdentity identity, Database database) {
        this.identity = identity;
        this.system = database.family(StoreFormat.SYSTEM);
    }

    StoreState state(ReadView view) {
        return StoreState.decode(view.get(system, StoreFormat.stateKey()));
    }

    FeedFloor floor(ReadView view) {
        return FeedFloor.decode(view.get(system, StoreFormat.floorKey()));
    }

    ShardSegments segments(ReadView view) {
        return StoreFormat.segments(view.get(system, StoreFormat.segmentsKey()));
    }

    /** The seq of the last entry, with or without data, that the view includes; 0 for none. */
    long appliedSeq(ReadView view) {
        return appliedSeq(state(view).applied());
    }

    long appliedSeq(AppliedPosition applied) {
        return applied.index() < 0 ? 0 : identity.seqAt(applied.index());
    }

    /**
     * Checks that changes after {@code seq}, and records as of it, are still here.
     *
     * @throws VectorDbException RESYNC
     */
    FeedFloor checkFloor(ReadView view, long seq) {
        FeedFloor floor = floor(view);
        if (seq < floor.seq()) {
            throw new VectorDbException(
                    ErrorCode.RESYNC,
                    "asked from " + seq + ", the change feed begins after " + floor.seq(),
                    Map.of("asked", Long.toString(seq), "floor", Long.toString(floor.seq())));
        }
        return floor;
    }
}
