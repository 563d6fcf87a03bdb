package io.vectordb.storagenode;

import io.vectordb.backup.Pace;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** How far the work of one call is; ends the work by an exception when nobody waits for it any more. Thread-safe. */
final class BackupProgress implements Pace {

    private final BooleanSupplier abandoned;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong records = new AtomicLong();
    private volatile long total;

    BackupProgress(BooleanSupplier abandoned) {
        this.abandoned = abandoned;
    }

    @Override
    public void passed(long bytes) {
        done.addAndGet(bytes);
        check();
    }

    /** Throws CANCELLED when the caller went away. */
    void check() {
        if (abandoned.getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the caller went away");
        }
    }

    void expect(long bytes) {
        total = bytes;
    }

    void restored(int count) {
        records.addAndGet(count);
        check();
    }

    /** Bytes read and written, which is up to twice {@link #total()}. */
    long done() {
        return done.get();
    }

    long total() {
        return total;
    }

    long records() {
        return records.get();
    }
}
