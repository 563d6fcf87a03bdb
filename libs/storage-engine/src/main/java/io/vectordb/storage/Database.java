package io.vectordb.storage;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB with its handles: the only class that knows how it is tuned and when it may be closed.
 *
 * <p>The write-ahead log is on and not synced by each write; after a crash the state is that of a prefix of the writes,
 * whole batches only, and at least what {@link #syncWal} covered. Any thread may use it; {@link #close} waits for calls
 * and views in progress, since a handle used after its end takes the process down.
 */
final class Database implements AutoCloseable {

    /** The column family that RocksDB insists on. */
    static final String DEFAULT_FAMILY = new String(RocksDB.DEFAULT_COLUMN_FAMILY, StandardCharsets.UTF_8);

    private static final int MEMTABLE_BYTES = 32 << 20;
    private static final int BLOCK_BYTES = 16 << 10;
    private static final int BLOOM_BITS = 10;
    private static final long WAL_BYTES = 128L << 20;
    private static final long OWN_LOG_BYTES = 4L << 20;
    private static final int OWN_LOG_FILES = 2;
    private static final int OPEN_FILES = 512;
    private static final long SYNC_BYTES = 1L << 20;

    static {
        RocksDB.loadLibrary();
    }

    private final Path directory;
    private final NativeScope handles;
    private final RocksDB rocks;
    private final Map<String, ColumnFamilyHandle> families;
    private final WriteOptions unsynced;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private final List<CompactRangeOptions> compacting = new ArrayList<>();
    private boolean closed;

    private Database(Path directory, NativeScope handles, RocksDB rocks, Map<String, ColumnFamilyHandle> families) {
        this.directory = directory;
        this.handles = handles;
        this.rocks = rocks;
        this.families = families;
        this.unsynced = handles.own(new WriteOptions());
    }

    /** Opens or makes the database, recovers it and syncs what it recovered. */
    static Database open(Path directory, List<String> families, StorageResources shared) {
        return open(
                directory,
                families,
                shared.blockCache(),
                dbOptions ->
                        dbOptions.setWriteBufferManager(shared.writeBuffers()).setStatistics(shared.statistics()));
    }

    /** A small database that shares nothing. */
    static Database openAlone(Path directory, List<String> families, Cache blockCache) {
        return open(directory, families, blockCache, dbOptions -> {});
    }

    /** Opens a database that nobody changes, and changes no file of it; what is in its log is read into memory. */
    static Database openReadOnly(Path directory, List<String> families, StorageResources shared) {
        NativeScope handles = new NativeScope();
        try {
            DBOptions dbOptions =
                    handles.own(new DBOptions().setMaxOpenFiles(OPEN_FILES).setInfoLogLevel(InfoLogLevel.WARN_LEVEL));
            ColumnFamilyOptions familyOptions = handles.own(familyOptions(handles, shared.blockCache()));
            List<ColumnFamilyHandle> opened = new ArrayList<>();
            RocksDB rocks = handles.own(RocksDB.openReadOnly(
                    dbOptions, directory.toString(), descriptors(families, familyOptions), opened));
            return new Database(directory, handles, rocks, named(handles, families, opened));
        } catch (RocksDBException e) {
            handles.close();
            throw new StorageException("cannot open the copy in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static List<ColumnFamilyDescriptor> descriptors(List<String> families, ColumnFamilyOptions options) {
        return families.stream()
                .map(family -> new ColumnFamilyDescriptor(family.getBytes(StandardCharsets.UTF_8), options))
                .toList();
    }

    private static Map<String, ColumnFamilyHandle> named(
            NativeScope handles, List<String> families, List<ColumnFamilyHandle> opened) {
        Map<String, ColumnFamilyHandle> byName = new HashMap<>();
        for (int i = 0; i < opened.size(); i++) {
            byName.put(families.get(i), handles.own(opened.get(i)));
        }
        return byName;
    }

    private interface Tuning {
        void apply(DBOptions options);
    }

    private static Database open(Path directory, List<String> families, Cache blockCache, Tuning tuning) {
        NativeScope handles = new NativeScope();
        try {
            Files.createDirectories(directory);
            DBOptions dbOptions = handles.own(dbOptions());
            tuning.apply(dbOptions);
            ColumnFamilyOptions familyOptions = handles.own(familyOptions(handles, blockCache));
            List<ColumnFamilyHandle> opened = new ArrayList<>();
            RocksDB rocks = handles.own(
                    RocksDB.open(dbOptions, directory.toString(), descriptors(families, familyOptions), opened));
            rocks.syncWal();
            return new Database(directory, handles, rocks, named(handles, families, opened));
        } catch (IOException | RocksDBException e) {
            handles.close();
            throw new StorageException("cannot open the store in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static DBOptions dbOptions() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setMaxTotalWalSize(WAL_BYTES)
                .setMaxOpenFiles(OPEN_FILES)
                .setBytesPerSync(SYNC_BYTES)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(OWN_LOG_BYTES)
                .setKeepLogFileNum(OWN_LOG_FILES);
    }

    private static ColumnFamilyOptions familyOptions(NativeScope handles, Cache blockCache) {
        BlockBasedTableConfig tables = new BlockBasedTableConfig()
                .setBlockCache(blockCache)
                .setBlockSize(BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFilterPolicy(handles.own(new BloomFilter(BLOOM_BITS)));
        return new ColumnFamilyOptions()
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(tables);
    }

    Path directory() {
        return directory;
    }

    ColumnFamilyHandle family(String name) {
        ColumnFamilyHandle family = families.get(name);
        if (family == null) {
            throw new IllegalArgumentException("no column family " + name + " in " + directory);
        }
        return family;
    }

    /** Something that RocksDB can fail at. */
    interface NativeAction {
        void run() throws RocksDBException;
    }

    /** Makes a call of RocksDB's, whose failure is ours. */
    static void run(NativeAction action) {
        try {
            action.run();
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    static StorageException failure(RocksDBException e) {
        return new StorageException("RocksDB failed: " + e.getMessage(), e);
    }

    /** A view of one moment, to be closed by the thread that asked for it. */
    ReadView view() {
        enter();
        return new ReadView(rocks, gate.readLock()::unlock);
    }

    /** Writes all of the batch or nothing. */
    void write(WriteBatch batch) {
        enter();
        try {
            run(() -> rocks.write(unsynced, batch));
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Returns when every write before this call would survive a power cut. */
    void syncWal() {
        enter();
        try {
            run(rocks::syncWal);
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Writes hard links to all that a database of this moment needs into {@code target}, which must not exist. */
    void checkpoint(Path target) {
        enter();
        try (NativeScope scope = new NativeScope()) {
            Checkpoint checkpoint = scope.own(Checkpoint.create(rocks));
            run(() -> checkpoint.createCheckpoint(target.toString()));
        } finally {
            gate.readLock().unlock();
        }
    }

    /**
     * Rewrites all tables of a family without what is deleted; reads and writes go on. One at a time; {@link #close} ends it.
     */
    void compact(ColumnFamilyHandle family) {
        enter();
        try (CompactRangeOptions options = new CompactRangeOptions()
                .setExclusiveManualCompaction(false)
                .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForceOptimized)) {
            synchronized (compacting) {
                compacting.add(options);
            }
            try {
                run(() -> rocks.compactRange(family, null, null, options));
            } finally {
                synchronized (compacting) {
                    compacting.remove(options);
                }
            }
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Reads every table file and checks its blocks. */
    void verifyChecksums() {
        enter();
        try {
            run(rocks::verifyChecksum);
        } finally {
            gate.readLock().unlock();
        }
    }

    /** The sum of a numeric property over all column families. */
    long property(String name) {
        enter();
        try {
            return rocks.getAggregatedLongProperty(name);
        } catch (RocksDBException e) {
            throw failure(e);
        } finally {
            gate.readLock().unlock();
        }
    }

    private void enter() {
        gate.readLock().lock();
        if (closed) {
            gate.readLock().unlock();
            throw new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the store in " + directory + " is closed");
        }
    }

    @Override
    public void close() {
        synchronized (compacting) {
            compacting.forEach(options -> options.setCanceled(true));
        }
        gate.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                handles.close();
            }
        } finally {
            gate.writeLock().unlock();
        }
    }
}
