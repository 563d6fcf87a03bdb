package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.VersionedRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;

/** Reads records as of a seq, each call in a view of its own. Any thread. */
final class RecordReader {

    private final Database database;
    private final StoreReader store;
    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle newest;

    RecordReader(Database database, StoreReader store) {
        this.database = database;
        this.store = store;
        this.records = database.family(StoreFormat.RECORDS);
        this.newest = database.family(StoreFormat.NEWEST);
    }

    GetResponse get(List<KeyInBucket> keys) {
        try (ReadView view = database.view()) {
            GetResponse.Builder response = GetResponse.newBuilder().setSeq(store.appliedSeq(view));
            for (KeyInBucket key : keys) {
                byte[] prefix = Keys.prefix(key.getBucket(), key.getKey());
                VersionedRecord.Builder record = VersionedRecord.newBuilder().setKey(key.getKey());
                byte[] found = view.get(newest, prefix);
                if (found != null) {
                    long seq = StoreFormat.newest(found);
                    record.setSeq(seq).setRecord(view.version(records, prefix, seq));
                }
                response.addRecords(record);
            }
            return response.build();
        }
    }

    /** Gets the rows that were valid at some seq, in order. */
    interface RowVisitor {
        void row(byte[] prefix, byte[] row);
    }

    /** Shows the records of these buckets as of a seq; all of it is one view. */
    void walk(long asOf, int bucketFrom, int bucketTo, RowVisitor visitor) {
        try (ReadView view = database.view()) {
            checkPosition(view, asOf);
            RocksIterator rows = view.iterator(records);
            rows.seek(Keys.bucketPrefix(bucketFrom));
            while (ReadView.onRow(rows)) {
                byte[] prefix = StoreFormat.prefixOf(rows.key());
                if (Keys.bucket(prefix) >= bucketTo) {
                    return;
                }
                byte @Nullable [] row = seekVersion(rows, prefix, asOf);
                if (row != null && !StoreFormat.isTombstone(row)) {
                    visitor.row(prefix, row);
                }
                passVersions(rows, prefix);
            }
        }
    }

    private void checkPosition(ReadView view, long asOf) {
        long applied = store.appliedSeq(view);
        if (asOf > applied) {
            throw new VectorDbException(
                    ErrorCode.STALE,
                    "asked as of " + asOf + ", this replica has applied up to " + applied,
                    Map.of("asked", Long.toString(asOf), "applied", Long.toString(applied)));
        }
        store.checkFloor(view, asOf);
    }

    ScanResponse scan(long asOfSeq, ByteString after, int maxRecords, int maxBytes) {
        try (ReadView view = database.view()) {
            long asOf = asOfSeq == 0 ? store.appliedSeq(view) : asOfSeq;
            checkPosition(view, asOf);
            RocksIterator rows = view.iterator(records);
            if (after.isEmpty()) {
                rows.seekToFirst();
            } else {
                rows.seek(StoreFormat.behind(after.toByteArray()));
            }
            return page(rows, asOf, maxRecords, maxBytes);
        }
    }

    private static ScanResponse page(RocksIterator rows, long asOf, int maxRecords, int maxBytes) {
        ScanResponse.Builder page = ScanResponse.newBuilder().setAsOfSeq(asOf);
        long bytes = 0;
        @Nullable ByteString last = null;
        while (ReadView.onRow(rows)) {
            byte[] prefix = StoreFormat.prefixOf(rows.key());
            byte @Nullable [] row = seekVersion(rows, prefix, asOf);
            if (row != null && !StoreFormat.isTombstone(row)) {
                boolean full = page.getRecordsCount() >= maxRecords || bytes + row.length > maxBytes;
                if (last != null && full) {
                    return page.setNext(last).build();
                }
                last = ByteString.copyFrom(prefix);
                bytes += row.length;
                page.addRecords(scanned(rows.key(), prefix, row, last));
            }
            passVersions(rows, prefix);
        }
        return page.build();
    }

    private static ScannedRecord scanned(byte[] key, byte[] prefix, byte[] row, ByteString position) {
        VersionedRecord record = VersionedRecord.newBuilder()
                .setKey(Keys.key(prefix))
                .setSeq(StoreFormat.seqOf(key))
                .setRecord(StoreFormat.stored(row))
                .build();
        return ScannedRecord.newBuilder()
                .setRecord(record)
                .setPosition(position)
                .build();
    }

    /** From the newest version of a record to the one that was valid at {@code asOf}; null when it has none. */
    private static byte @Nullable [] seekVersion(RocksIterator rows, byte[] prefix, long asOf) {
        if (StoreFormat.seqOf(rows.key()) > asOf) {
            rows.seek(StoreFormat.rowKey(prefix, asOf));
            if (!ReadView.onRow(rows) || !StoreFormat.isVersionOf(prefix, rows.key())) {
                return null;
            }
        }
        return rows.value();
    }

    /** To the first row of the next record. Most records have no old versions, so the next row is tried first. */
    private static void passVersions(RocksIterator rows, byte[] prefix) {
        if (ReadView.onRow(rows) && StoreFormat.isVersionOf(prefix, rows.key())) {
            rows.next();
            if (ReadView.onRow(rows) && StoreFormat.isVersionOf(prefix, rows.key())) {
                rows.seek(StoreFormat.behind(prefix));
            }
        }
    }
}
