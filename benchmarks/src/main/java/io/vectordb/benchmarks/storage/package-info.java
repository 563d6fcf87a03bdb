/** Storage nodes as processes, beside plain RocksDB. */
@NullMarked
package io.vectordb.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
