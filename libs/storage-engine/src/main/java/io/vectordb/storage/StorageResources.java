package io.vectordb.storage;

import java.util.EnumSet;
import org.rocksdb.Cache;
import org.rocksdb.HistogramType;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all stores of a process share: one cache of blocks, and one budget for writes not yet flushed.
 *
 * <p>Any number of threads may open stores with it. Closed once, after the last of its stores.
 */
public final class StorageResources implements AutoCloseable {

    static {
        RocksDB.loadLibrary();
    }

    private final NativeScope handles = new NativeScope();
    private final Cache blockCache;
    private final long writeBufferBytes;
    private final WriteBufferManager writeBuffers;
    private final Statistics statistics;
    private boolean closed;

    /**
     * @param blockCacheBytes for blocks, indexes and filters of table files; the write buffers are charged to it too
     * @param writeBufferBytes for the memtables of all stores; the largest is flushed when they reach it
     */
    public StorageResources(long blockCacheBytes, long writeBufferBytes) {
        if (blockCacheBytes <= 0 || writeBufferBytes <= 0) {
            throw new IllegalArgumentException(
                    "block cache of " + blockCacheBytes + " bytes, write buffers of " + writeBufferBytes + " bytes");
        }
        this.writeBufferBytes = writeBufferBytes;
        this.blockCache = handles.own(new LRUCache(blockCacheBytes));
        this.writeBuffers = handles.own(new WriteBufferManager(writeBufferBytes, blockCache));
        // Histograms would cost clock reads on every call.
        this.statistics = handles.own(new Statistics(EnumSet.allOf(HistogramType.class)));
        statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
    }

    /** Memory that the block cache uses now, the write buffers that are charged to it included; 0 once closed. */
    public synchronized long blockCacheBytes() {
        return closed ? 0 : blockCache.getUsage();
    }

    /** The budget for memtables, of all stores together. */
    public long writeBufferBytes() {
        return writeBufferBytes;
    }

    /** What was counted since this was made; 0 once closed. */
    public synchronized long count(StoreCounter counter) {
        return closed ? 0 : statistics.getTickerCount(counter.ticker());
    }

    Statistics statistics() {
        return statistics;
    }

    Cache blockCache() {
        return blockCache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    @Override
    public synchronized void close() {
        closed = true;
        handles.close();
    }
}
