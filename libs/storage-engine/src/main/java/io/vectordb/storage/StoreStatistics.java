package io.vectordb.storage;

/**
 * What one store holds and uses, as of about now.
 *
 * @param liveRecords records that exist
 * @param sstBytes size of the table files on disk
 * @param memtableBytes memory of writes not yet in table files
 * @param blockCacheBytes use of the block cache that all stores of the {@link StorageResources} share
 * @param feedEntries changes that {@link ShardStore#tail} can still tell
 * @param requestIdBytes size of the remembered requests
 * @param pendingCompactionBytes what compactions have yet to rewrite, about
 * @param writesStopped whether writes wait for flushes or compactions now
 * @param backgroundErrors flushes and compactions that failed since the store was opened
 */
public record StoreStatistics(
        long liveRecords,
        long sstBytes,
        long memtableBytes,
        long blockCacheBytes,
        long feedEntries,
        long requestIdBytes,
        long pendingCompactionBytes,
        boolean writesStopped,
        long backgroundErrors) {}
