/** The storage node: replicas of shards, each a Raft group over a RocksDB of its own. */
@NullMarked
package io.vectordb.storagenode;

import org.jspecify.annotations.NullMarked;
