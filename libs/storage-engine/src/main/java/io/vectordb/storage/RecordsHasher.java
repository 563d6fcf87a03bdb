package io.vectordb.storage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Computes a {@link RecordsHash}, of one store or of several whose buckets follow each other. One thread. */
public final class RecordsHasher {

    private static final int ROWS_A_CHECK = 1_000;

    private final MessageDigest digest = ContentHash.sha256();
    private final Runnable check;
    private long records;

    /** @param check called now and then; what it throws ends the work */
    public RecordsHasher(Runnable check) {
        this.check = check;
    }

    void add(byte[] prefix, byte[] row) {
        addBytes(prefix);
        addBytes(row);
        records++;
        if (records % ROWS_A_CHECK == 0) {
            check.run();
        }
    }

    private void addBytes(byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    /** The hash of what was added; ends the use of this. */
    public RecordsHash hash() {
        return new RecordsHash(records, ContentHash.hex(digest.digest()));
    }
}
