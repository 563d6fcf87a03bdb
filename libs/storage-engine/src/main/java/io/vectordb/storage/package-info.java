/** The state of one shard replica in RocksDB: versioned records, change feed and remembered requests. */
@NullMarked
package io.vectordb.storage;

import org.jspecify.annotations.NullMarked;
