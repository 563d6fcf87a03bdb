package io.vectordb.storage;

import io.vectordb.internal.storage.v1.StoredRecord;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/**
 * All column families as of one moment. Used and closed by one thread; holds back compaction of what it sees, so it
 * lives for one call only.
 */
final class ReadView implements AutoCloseable {

    private final RocksDB rocks;
    private final NativeScope handles = new NativeScope();
    private final ReadOptions options;

    ReadView(RocksDB rocks, Runnable leave) {
        this.rocks = rocks;
        handles.onClose(leave);
        Snapshot snapshot = rocks.getSnapshot();
        handles.onClose(() -> rocks.releaseSnapshot(snapshot));
        this.options = handles.own(new ReadOptions().setSnapshot(snapshot));
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        try {
            return rocks.get(family, options, key);
        } catch (RocksDBException e) {
            throw Database.failure(e);
        }
    }

    /** A version that another row of this view speaks of. */
    StoredRecord version(ColumnFamilyHandle records, byte[] prefix, long seq) {
        byte[] row = get(records, StoreFormat.rowKey(prefix, seq));
        if (row == null) {
            throw new StorageException("version " + seq + " of the record "
                    + Keys.key(prefix).toString().strip() + " is gone");
        }
        return StoreFormat.stored(row);
    }

    RocksIterator iterator(ColumnFamilyHandle family) {
        return handles.own(rocks.newIterator(family, options));
    }

    /** Whether the iterator stands on a row; an iterator that stopped for an error says so here. */
    static boolean onRow(RocksIterator rows) {
        if (rows.isValid()) {
            return true;
        }
        Database.run(rows::status);
        return false;
    }

    @Override
    public void close() {
        handles.close();
    }
}
