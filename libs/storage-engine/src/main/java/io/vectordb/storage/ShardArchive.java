package io.vectordb.storage;

import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.storage.StoreFormat.StoreState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.rocksdb.ColumnFamilyHandle;

/**
 * A copy of a shard's store that is only read, whoever's it was. No file of it changes: what is in RocksDB's log is read
 * into memory.
 *
 * <p>Any thread; {@link #close} waits for calls in progress.
 */
public final class ShardArchive implements AutoCloseable {

    /** The version of the rows that this program reads. */
    public static final int FORMAT = StoreFormat.VERSION;

    private final Database database;
    private final ShardIdentity identity;
    private final StoreState state;
    private final long floor;
    private final RecordReader records;

    private ShardArchive(Database database) {
        this.database = database;
        ColumnFamilyHandle system = database.family(StoreFormat.SYSTEM);
        try (ReadView view = database.view()) {
            byte[] owner = view.get(system, StoreFormat.identityKey());
            if (owner == null) {
                throw new StorageException(database.directory() + " holds no shard");
            }
            this.identity = StoreFormat.identity(owner);
            StoreReader store = new StoreReader(identity, database);
            this.state = store.state(view);
            this.floor = store.floor(view).seq();
            this.records = new RecordReader(database, store);
        }
    }

    /**
     * Opens the copy in {@code directory}.
     *
     * @throws StorageException when it is none, or has a format that this program does not read
     */
    public static ShardArchive open(Path directory, StorageResources shared) {
        if (!Files.exists(directory.resolve("CURRENT"))) {
            throw new StorageException(directory + " holds no store");
        }
        Database database = Database.openReadOnly(directory, StoreFormat.FAMILIES, shared);
        try {
            return new ShardArchive(database);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Whose copy this is. */
    public ShardIdentity identity() {
        return identity;
    }

    /** The last entry in it. */
    public AppliedPosition applied() {
        return state.applied();
    }

    /** The seq of the last command; 0 when there was none. */
    public long lastDataSeq() {
        return state.lastDataSeq();
    }

    /** The lowest seq that the records can be read as of. */
    public long floorSeq() {
        return floor;
    }

    /** Reads every table file and checks its blocks. */
    public void verifyChecksums() {
        database.verifyChecksums();
    }

    /**
     * Adds the records of these buckets as of a seq to {@code hasher}, in order.
     *
     * @param asOfSeq from {@link #floorSeq()} to {@link #lastDataSeq()}
     * @throws VectorDbException RESYNC below, STALE above
     */
    public void hash(long asOfSeq, int bucketFrom, int bucketTo, RecordsHasher hasher) {
        records.walk(asOfSeq, bucketFrom, bucketTo, hasher::add);
    }

    /**
     * Like {@link #hash}, and gives each record as the op that writes it elsewhere just as it is.
     *
     * @param ops may block
     */
    public void read(long asOfSeq, int bucketFrom, int bucketTo, RecordsHasher hasher, Consumer<RecordOp> ops) {
        records.walk(asOfSeq, bucketFrom, bucketTo, (prefix, row) -> {
            hasher.add(prefix, row);
            ops.accept(RecordOp.newBuilder()
                    .setBucket(Keys.bucket(prefix))
                    .setKey(Keys.key(prefix))
                    .setRestore(StoreFormat.stored(row))
                    .build());
        });
    }

    @Override
    public void close() {
        database.close();
    }
}
