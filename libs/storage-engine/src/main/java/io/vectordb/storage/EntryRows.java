package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.StoredRecord;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;

/**
 * The records that a log entry touches: as they were before it, as its kept units left them, and as the unit in
 * progress has them. Nothing reaches the database from here.
 */
final class EntryRows {

    /** What one entry may make of its 2 MB; only patches of large records get anywhere near. */
    static final int RESULT_BYTES = 32 << 20;

    private final ReadView view;
    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle newest;
    private final Map<ByteString, RowState> before = new HashMap<>();
    private final Map<ByteString, RowState> kept = new LinkedHashMap<>();
    private final Map<ByteString, RowState> unit = new LinkedHashMap<>();
    private long keptBytes;
    private long unitBytes;

    EntryRows(ReadView view, ColumnFamilyHandle records, ColumnFamilyHandle newest) {
        this.view = view;
        this.records = records;
        this.newest = newest;
    }

    RowState current(ByteString prefix) {
        RowState state = unit.get(prefix);
        if (state == null) {
            state = kept.get(prefix);
        }
        return state == null ? before(prefix) : state;
    }

    /** The record before this entry. */
    RowState before(ByteString prefix) {
        return before.computeIfAbsent(prefix, this::lookUp);
    }

    private RowState lookUp(ByteString prefix) {
        byte[] seq = view.get(newest, prefix.toByteArray());
        return seq == null ? RowState.ABSENT : new RowState.Stored(StoreFormat.newest(seq));
    }

    /** The content of a record that was there before this entry. */
    StoredRecord load(ByteString prefix, long seq) {
        return view.version(records, prefix.toByteArray(), seq);
    }

    /**
     * Notes what an op of the unit in progress made of a record.
     *
     * @param bytes size of its content, 0 when it is deleted
     * @throws VectorDbException LIMIT_EXCEEDED when the entry makes too much
     */
    void set(ByteString prefix, RowState state, int bytes) {
        if (keptBytes + unitBytes + bytes > RESULT_BYTES) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the records written together have more than " + RESULT_BYTES + " bytes",
                    Map.of("limit", Integer.toString(RESULT_BYTES)));
        }
        unitBytes += bytes;
        unit.put(prefix, state);
    }

    void keepUnit() {
        kept.putAll(unit);
        keptBytes += unitBytes;
        dropUnit();
    }

    void dropUnit() {
        unit.clear();
        unitBytes = 0;
    }

    /** The records that kept units named, in the order in which they first did. */
    Map<ByteString, RowState> kept() {
        return kept;
    }
}
