package io.vectordb.storage;

import io.vectordb.storage.StoreFormat.StoreState;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;

/**
 * Computes a {@link ContentHash}.
 *
 * <p>Each replica trims its feed by itself, and with it old versions and tombstones; so what is hashed is what trimming
 * leaves alone: the newest version of each record, and the last {@value #FEED_ROWS} changes, fewer than
 * {@link ShardStore#FEED_ENTRIES}. Reads all records once.
 */
final class ContentHasher {

    static final long FEED_ROWS = 100_000;
    /** In {@code system}, the rows of requests, of their times, and of leases follow from here on. */
    private static final byte[] FIRST_REQUEST = {0x10};

    private final ReadView view;
    private final ColumnFamilyHandle records;
    private final ColumnFamilyHandle newest;
    private final ColumnFamilyHandle feed;
    private final ColumnFamilyHandle system;
    private final StoreState state;

    ContentHasher(ReadView view, Database database, StoreState state) {
        this.view = view;
        this.records = database.family(StoreFormat.RECORDS);
        this.newest = database.family(StoreFormat.NEWEST);
        this.feed = database.family(StoreFormat.FEED);
        this.system = database.family(StoreFormat.SYSTEM);
        this.state = state;
    }

    ContentHash hash() {
        String recordsHash = records();
        MessageDigest feedHash = ContentHash.sha256();
        long feedRows = feed(feedHash);
        return new ContentHash(
                state.applied(), recordsHash, ContentHash.hex(feedHash.digest()), feedRows, requests(), counters());
    }

    private String counters() {
        MessageDigest digest = ContentHash.sha256();
        digest.update(state.encode());
        byte[] segments = view.get(system, StoreFormat.segmentsKey());
        if (segments != null) {
            add(digest, segments);
        }
        return ContentHash.hex(digest.digest());
    }

    private String records() {
        MessageDigest digest = ContentHash.sha256();
        RocksIterator rows = view.iterator(newest);
        for (rows.seekToFirst(); ReadView.onRow(rows); rows.next()) {
            byte[] prefix = rows.key();
            byte[] key = StoreFormat.rowKey(prefix, StoreFormat.newest(rows.value()));
            byte[] value = view.get(records, key);
            if (value == null) {
                throw new StorageException("the newest version of the record "
                        + Keys.key(prefix).toString().strip() + " is gone");
            }
            add(digest, key);
            add(digest, value);
        }
        return ContentHash.hex(digest.digest());
    }

    private long feed(MessageDigest digest) {
        RocksIterator rows = view.iterator(feed);
        long count = 0;
        for (rows.seekToLast(); count < FEED_ROWS && ReadView.onRow(rows); rows.prev()) {
            add(digest, rows.key());
            add(digest, rows.value());
            count++;
        }
        return count;
    }

    private String requests() {
        MessageDigest digest = ContentHash.sha256();
        RocksIterator rows = view.iterator(system);
        for (rows.seek(FIRST_REQUEST); ReadView.onRow(rows); rows.next()) {
            add(digest, rows.key());
            add(digest, rows.value());
        }
        return ContentHash.hex(digest.digest());
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}
