package io.vectordb.storage;

import io.vectordb.storage.StoreFormat.Change;
import io.vectordb.storage.StoreFormat.FeedFloor;
import io.vectordb.storage.StoreFormat.FeedRow;
import io.vectordb.storage.StoreFormat.Seal;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Drops the oldest changes, and with each what only it kept alive: the version that it superseded, and its own row when
 * it was a deletion, since by then nothing older of that record is left for the tombstone to hide.
 *
 * <p>Runs beside {@link EntryApplier}, whose outcome it does not touch: what it drops is neither the newest version of
 * a record that exists, nor tells more than absence does. One trim at a time.
 */
final class FeedTrimmer {

    private static final int BATCH_ROWS = 2_000;

    private final Database database;
    private final StoreReader store;
    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle feed;
    private final ColumnFamilyHandle system;

    FeedTrimmer(Database database, StoreReader store) {
        this.database = database;
        this.store = store;
        this.records = database.family(StoreFormat.RECORDS);
        this.feed = database.family(StoreFormat.FEED);
        this.system = database.family(StoreFormat.SYSTEM);
    }

    /**
     * Trims whole log entries while at least {@code keepEntries} changes stay, and none behind {@code heldFrom}, whose
     * changes somebody still reads.
     */
    FeedFloor trim(long keepEntries, long heldFrom) {
        while (true) {
            try (ReadView view = database.view();
                    NativeScope scope = new NativeScope()) {
                FeedFloor floor = store.floor(view);
                long excess = store.state(view).feedAppended() - floor.trimmed() - keepEntries;
                WriteBatch batch = scope.own(new WriteBatch());
                FeedFloor raised = excess <= 0 ? floor : drop(view, batch, floor, excess, heldFrom);
                if (raised.equals(floor)) {
                    return floor;
                }
                Database.run(() -> batch.put(system, StoreFormat.floorKey(), raised.encode()));
                database.write(batch);
            }
        }
    }

    /** Adds the next entries to the batch: as many as one batch takes and the excess allows. */
    private FeedFloor drop(ReadView view, WriteBatch batch, FeedFloor floor, long excess, long heldFrom) {
        RocksIterator changes = view.iterator(feed);
        changes.seek(StoreFormat.feedKey(floor.seq() + 1, 0));
        FeedFloor raised = floor;
        while (raised.trimmed() - floor.trimmed() < BATCH_ROWS && ReadView.onRow(changes)) {
            long seq = StoreFormat.feedSeq(changes.key());
            if (seq > heldFrom) {
                return raised;
            }
            Database.run(batch::setSavePoint);
            long rows = 0;
            for (; ReadView.onRow(changes) && StoreFormat.feedSeq(changes.key()) == seq; changes.next()) {
                drop(batch, changes.key(), StoreFormat.feedRow(changes.value()));
                rows++;
            }
            FeedFloor next = new FeedFloor(seq, raised.trimmed() + rows);
            if (next.trimmed() - floor.trimmed() > excess) {
                Database.run(batch::rollbackToSavePoint);
                return raised;
            }
            raised = next;
        }
        return raised;
    }

    private void drop(WriteBatch batch, byte[] feedKey, FeedRow row) {
        Database.run(() -> batch.delete(feed, feedKey));
        switch (row) {
            case Change change -> dropKept(batch, feedKey, change);
            case Seal() -> {
                // It kept no record.
            }
        }
    }

    private void dropKept(WriteBatch batch, byte[] feedKey, Change change) {
        if (change.superseded() != 0) {
            Database.run(() -> batch.delete(records, StoreFormat.rowKey(change.prefix(), change.superseded())));
        }
        if (change.deleted()) {
            long seq = StoreFormat.feedSeq(feedKey);
            Database.run(() -> batch.delete(records, StoreFormat.rowKey(change.prefix(), seq)));
        }
    }
}
