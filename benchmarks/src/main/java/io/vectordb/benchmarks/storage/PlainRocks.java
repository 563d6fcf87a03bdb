package io.vectordb.benchmarks.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB as anybody would use it: a batch of puts, synced. What one machine can do without replicas and a log of its own. */
final class PlainRocks implements AutoCloseable {

    /** A key and its value. */
    record Row(byte[] key, byte[] value) {}

    private final Options options;
    private final WriteOptions synced;
    private final RocksDB database;

    PlainRocks(Path folder) throws IOException {
        options = new Options().setCreateIfMissing(true);
        synced = new WriteOptions().setSync(true);
        try {
            database = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    void write(List<Row> rows) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Row row : rows) {
                batch.put(row.key(), row.value());
            }
            database.write(synced, batch);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        database.close();
        synced.close();
        options.close();
    }
}
