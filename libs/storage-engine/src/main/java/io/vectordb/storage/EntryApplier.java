package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.storage.StoreFormat.Change;
import io.vectordb.storage.StoreFormat.StoreState;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.WriteBatch;

/**
 * Turns log entries into batches. What it does follows from the entries alone: it reads no clock, and what it reads of
 * the database is what earlier entries wrote and no trim removes.
 *
 * <p>One thread, in the order of the log.
 */
final class EntryApplier {

    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle newest;
    private final ColumnFamilyHandle feed;
    private final ColumnFamilyHandle system;
    private final long maxRequestBytes;
    /** No request row is older; spares a look at the time index while nothing is due. */
    private long oldestRequestMicros;

    EntryApplier(Database database, long maxRequestBytes) {
        this.records = database.family(StoreFormat.RECORDS);
        this.newest = database.family(StoreFormat.NEWEST);
        this.feed = database.family(StoreFormat.FEED);
        this.system = database.family(StoreFormat.SYSTEM);
        this.maxRequestBytes = maxRequestBytes;
    }

    /** The answer to an entry, and the counters after it. */
    record Applied(WriteResponse response, StoreState state) {}

    /**
     * Puts everything of one entry into the batch, the state row included.
     *
     * @param view the database as the entry before left it
     * @param seq of this entry
     */
    Applied apply(
            ReadView view,
            WriteBatch batch,
            StoreState before,
            AppliedPosition position,
            long seq,
            WriteCommand command) {
        long now = command.getTimeMicros();
        RequestTable requests = new RequestTable(view, batch, system, now, before, maxRequestBytes);
        oldestRequestMicros = requests.expire(oldestRequestMicros, command.getUnitsCount());
        EntryRows rows = new EntryRows(view, records, newest);
        OpApplier ops = new OpApplier(rows, seq, now);
        WriteResponse.Builder response = WriteResponse.newBuilder().setSeq(seq);
        for (WriteUnit unit : command.getUnitsList()) {
            response.addUnits(answer(unit, requests, ops));
        }
        if (requests.remembered()) {
            oldestRequestMicros = Math.min(oldestRequestMicros, now);
        }
        StoreState after = write(rows, batch, seq, before, position, requests);
        Database.run(() -> batch.put(system, StoreFormat.stateKey(), after.encode()));
        return new Applied(response.build(), after);
    }

    private static UnitResult answer(WriteUnit unit, RequestTable requests, OpApplier ops) {
        @Nullable UnitResult known = requests.answer(unit);
        if (known != null) {
            return known;
        }
        UnitResult result =
                UnitResult.newBuilder().addAllResults(ops.apply(unit)).build();
        requests.remember(unit, result);
        return result;
    }

    private StoreState write(
            EntryRows rows,
            WriteBatch batch,
            long seq,
            StoreState before,
            AppliedPosition position,
            RequestTable requests) {
        int changes = 0;
        long live = before.liveRecords();
        for (Map.Entry<ByteString, RowState> row : rows.kept().entrySet()) {
            RowState was = rows.before(row.getKey());
            RowState is = row.getValue();
            if (!was.exists() && !is.exists()) {
                continue; // Made and deleted by the same entry.
            }
            byte[] prefix = row.getKey().toByteArray();
            byte[] value = switch (is) {
                case RowState.Absent() -> StoreFormat.tombstone();
                case RowState.Written written -> StoreFormat.value(written.content());
                case RowState.Stored stored -> throw new IllegalStateException("not written: " + stored);
            };
            byte[] feedKey = StoreFormat.feedKey(seq, changes);
            byte[] change = StoreFormat.feedValue(new Change(prefix, !is.exists(), was.seqOrZero()));
            Database.run(() -> batch.put(records, StoreFormat.rowKey(prefix, seq), value));
            Database.run(() -> batch.put(feed, feedKey, change));
            if (is.exists()) {
                Database.run(() -> batch.put(newest, prefix, StoreFormat.newest(seq)));
            } else {
                Database.run(() -> batch.delete(newest, prefix));
            }
            changes++;
            live += (is.exists() ? 1 : 0) - (was.exists() ? 1 : 0);
        }
        return new StoreState(
                position, seq, live, before.feedAppended() + changes, requests.bytes(), requests.droppedMicros());
    }
}
