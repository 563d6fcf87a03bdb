package io.vectordb.storage;

import org.rocksdb.TickerType;

/** What RocksDB counts of all stores of a process together, from its start on. */
public enum StoreCounter {
    /** Blocks found in the cache. */
    BLOCK_CACHE_HITS(TickerType.BLOCK_CACHE_HIT),
    /** Blocks that had to be read from table files. */
    BLOCK_CACHE_MISSES(TickerType.BLOCK_CACHE_MISS),
    /** Reads of a table file that its Bloom filter spared. */
    BLOOM_FILTER_USEFUL(TickerType.BLOOM_FILTER_USEFUL),
    /** Bytes of keys and values written by entries of the log. */
    BYTES_WRITTEN(TickerType.BYTES_WRITTEN),
    /** Bytes of values read by key. */
    BYTES_READ(TickerType.BYTES_READ),
    /** Bytes appended to write-ahead logs. */
    WAL_BYTES(TickerType.WAL_FILE_BYTES),
    /** Syncs of write-ahead logs. */
    WAL_SYNCS(TickerType.WAL_FILE_SYNCED),
    /** Bytes of table files written from memory. */
    FLUSH_BYTES(TickerType.FLUSH_WRITE_BYTES),
    /** Bytes of table files read by compactions. */
    COMPACTION_READ_BYTES(TickerType.COMPACT_READ_BYTES),
    /** Bytes of table files written by compactions. */
    COMPACTION_WRITE_BYTES(TickerType.COMPACT_WRITE_BYTES),
    /** Microseconds that writes waited for flushes and compactions. */
    STALL_MICROS(TickerType.STALL_MICROS);

    private final TickerType ticker;

    StoreCounter(TickerType ticker) {
        this.ticker = ticker;
    }

    TickerType ticker() {
        return ticker;
    }
}
