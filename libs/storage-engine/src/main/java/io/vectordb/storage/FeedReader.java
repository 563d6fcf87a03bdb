package io.vectordb.storage;

import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.storage.StoreFormat.Change;
import io.vectordb.storage.StoreFormat.Seal;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;

/** Reads the change feed, each call in a view of its own. Any thread. */
final class FeedReader {

    private final Database database;
    private final StoreReader store;
    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle feed;

    FeedReader(Database database, StoreReader store) {
        this.database = database;
        this.store = store;
        this.records = database.family(StoreFormat.RECORDS);
        this.feed = database.family(StoreFormat.FEED);
    }

    TailResponse tail(long fromSeq, int maxBytes) {
        try (ReadView view = database.view()) {
            store.checkFloor(view, fromSeq);
            TailResponse.Builder response =
                    TailResponse.newBuilder().setGeneration(store.segments(view).getGeneration());
            RocksIterator changes = view.iterator(feed);
            long bytes = 0;
            long last = fromSeq;
            for (changes.seek(StoreFormat.feedKey(fromSeq + 1, 0)); ReadView.onRow(changes); changes.next()) {
                long seq = StoreFormat.feedSeq(changes.key());
                if (seq != last && bytes >= maxBytes && response.getEntriesCount() > 0) {
                    return response.setConfirmedSeq(last).setMore(true).build();
                }
                bytes += switch (StoreFormat.feedRow(changes.value())) {
                    case Change change -> add(view, seq, change, response);
                    case Seal() -> add(seq, response);
                };
                last = seq;
            }
            return response.setConfirmedSeq(store.appliedSeq(view)).build();
        }
    }

    /** @return how large it is, about */
    private int add(ReadView view, long seq, Change change, TailResponse.Builder response) {
        FeedEntry.Builder entry = FeedEntry.newBuilder().setSeq(seq).setKey(Keys.key(change.prefix()));
        int bytes = change.prefix().length;
        if (!change.deleted()) {
            StoredRecord record = view.version(records, change.prefix(), seq);
            entry.setRecord(record);
            bytes += record.getSerializedSize();
        }
        response.addEntries(entry);
        return bytes;
    }

    private static int add(long seal, TailResponse.Builder response) {
        response.addSealedSeqs(seal);
        return Long.BYTES;
    }
}
