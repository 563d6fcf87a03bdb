package io.vectordb.storage;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
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
    }

    /** Memory that the block cache uses now, the write buffers that are charged to it included. */
    public long blockCacheBytes() {
        return blockCache.getUsage();
    }

    /** The budget for memtables, of all stores together. */
    public long writeBufferBytes() {
        return writeBufferBytes;
    }

    Cache blockCache() {
        return blockCache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    @Override
    public synchronized void close() {
        handles.close();
    }
}
