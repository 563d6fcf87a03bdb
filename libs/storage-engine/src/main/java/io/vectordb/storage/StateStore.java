package io.vectordb.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * A small map from text to bytes that follows a log: the state of a service that keeps all of it in memory and only
 * needs it back after a restart.
 *
 * <p>Format: one column family; {@code 00} → version of the format (1 byte, {@value #VERSION}) ‖ term (8 bytes) ‖ index
 * (8 bytes) of the last entry, big-endian; {@code 01} ‖ key (UTF-8) → value. An entry's changes and its position are
 * one batch, unsynced: durability, order of calls and failures are those of {@link ShardStore}.
 */
public final class StateStore implements AutoCloseable {

    static {
        RocksDB.loadLibrary();
    }

    private static final int VERSION = 1;
    private static final byte[] POSITION_KEY = {0x00};
    private static final byte ENTRY_TAG = 0x01;
    private static final long CACHE_BYTES = 8L << 20;

    /** One change of the map. */
    public sealed interface Change {
        String key();
    }

    public record Put(String key, byte[] value) implements Change {}

    public record Delete(String key) implements Change {}

    private final NativeScope handles;
    private final Database database;
    private final ColumnFamilyHandle family;
    private volatile AppliedPosition applied;

    private StateStore(NativeScope handles, Database database) {
        this.handles = handles;
        this.database = database;
        this.family = database.family(Database.DEFAULT_FAMILY);
        try (ReadView view = database.view()) {
            byte[] position = view.get(family, POSITION_KEY);
            this.applied = position == null ? AppliedPosition.NONE : decode(position);
        }
    }

    /**
     * Opens the store in {@code directory}, or makes one there. What it holds then is durable.
     *
     * @throws StorageException when the directory holds a format that this program does not read
     */
    public static StateStore open(Path directory) {
        NativeScope handles = new NativeScope();
        try {
            LRUCache cache = handles.own(new LRUCache(CACHE_BYTES));
            Database database = Database.openAlone(directory, List.of(Database.DEFAULT_FAMILY), cache);
            handles.onClose(database::close);
            return new StateStore(handles, database);
        } catch (RuntimeException e) {
            handles.close();
            throw e;
        }
    }

    /** The last entry whose changes are here. */
    public AppliedPosition applied() {
        return applied;
    }

    /** Applies the changes of one entry in order, all or none; does nothing for an entry applied before. */
    public synchronized void apply(long term, long index, List<Change> changes) {
        if (index <= applied.index()) {
            return;
        }
        AppliedPosition position = new AppliedPosition(term, index);
        try (NativeScope scope = new NativeScope()) {
            WriteBatch batch = scope.own(new WriteBatch());
            for (Change change : changes) {
                Database.run(() -> {
                    switch (change) {
                        case Put(String key, byte[] value) -> batch.put(family, entryKey(key), value);
                        case Delete(String key) -> batch.delete(family, entryKey(key));
                    }
                });
            }
            Database.run(() -> batch.put(family, POSITION_KEY, encode(position)));
            database.write(batch);
        }
        applied = position;
    }

    /** Notes that an entry without changes was reached. */
    public void advance(long term, long index) {
        apply(term, index, List.of());
    }

    /** Makes what is applied durable, and returns up to where. */
    public AppliedPosition sync() {
        AppliedPosition durable = applied;
        database.syncWal();
        return durable;
    }

    /** Copies the store into {@code target}, which does not exist, by hard links; what was applied before is in the copy. */
    public void checkpoint(Path target) {
        database.checkpoint(target);
    }

    /**
     * Reads all of a copy and checks it. Opens and closes it, so its files change.
     *
     * @return the last entry whose changes it holds
     * @throws StorageException when a checksum fails, or it is no such store
     */
    public static AppliedPosition verify(Path directory) {
        if (!Files.exists(directory.resolve("CURRENT"))) {
            throw new StorageException(directory + " holds no store");
        }
        try (StateStore copy = open(directory)) {
            copy.database.verifyChecksums();
            return copy.applied();
        }
    }

    /** All of the map, as of one entry. */
    public Map<String, byte[]> load() {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ReadView view = database.view()) {
            RocksIterator rows = view.iterator(family);
            for (rows.seek(new byte[] {ENTRY_TAG}); ReadView.onRow(rows); rows.next()) {
                byte[] key = rows.key();
                entries.put(new String(key, 1, key.length - 1, StandardCharsets.UTF_8), rows.value());
            }
        }
        return entries;
    }

    /** At most {@code limit} values whose keys begin with {@code prefix} and are behind {@code after}, in the order of keys. */
    public List<byte[]> values(String prefix, String after, int limit) {
        List<byte[]> values = new ArrayList<>();
        try (ReadView view = database.view()) {
            RocksIterator rows = view.iterator(family);
            for (rows.seek(entryKey(after)); ReadView.onRow(rows) && values.size() < limit; rows.next()) {
                String key = new String(rows.key(), 1, rows.key().length - 1, StandardCharsets.UTF_8);
                if (!key.startsWith(prefix)) {
                    break;
                }
                if (!key.equals(after)) {
                    values.add(rows.value());
                }
            }
        }
        return values;
    }

    @Override
    public void close() {
        handles.close();
    }

    private static byte[] entryKey(String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + text.length).put(ENTRY_TAG).put(text).array();
    }

    private static byte[] encode(AppliedPosition position) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) VERSION)
                .putLong(position.term())
                .putLong(position.index())
                .array();
    }

    private static AppliedPosition decode(byte[] value) {
        if (value.length != 1 + 2 * Long.BYTES || value[0] != VERSION) {
            throw new StorageException(
                    "a position of the form " + Arrays.toString(value) + ", this program reads " + VERSION);
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, 2 * Long.BYTES);
        return new AppliedPosition(in.getLong(), in.getLong());
    }
}
