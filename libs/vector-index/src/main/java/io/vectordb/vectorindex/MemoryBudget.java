package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of off-heap memory the indexes that share it may take together. Thread-safe.
 *
 * <p>What an index takes it gives back when it is closed.
 */
public final class MemoryBudget {

    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    public MemoryBudget(long limitBytes) {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("expected a limit of at least 0 bytes, received " + limitBytes);
        }
        this.limitBytes = limitBytes;
    }

    /** A budget without a limit, which still counts. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE);
    }

    public long limitBytes() {
        return limitBytes;
    }

    public long usedBytes() {
        return used.get();
    }

    /**
     * Takes so many bytes.
     *
     * @throws VectorDbException {@code MEMORY_LIMIT} when they are not left, and nothing is taken then
     */
    void reserve(long bytes) {
        long before;
        do {
            before = used.get();
            if (bytes > limitBytes - before) {
                throw new VectorDbException(
                        ErrorCode.MEMORY_LIMIT,
                        "expected at most " + limitBytes + " bytes of vectors and graphs in memory, of which " + before
                                + " are taken, received a demand for " + bytes + " more",
                        Map.of(
                                "limit_bytes", Long.toString(limitBytes),
                                "used_bytes", Long.toString(before),
                                "demanded_bytes", Long.toString(bytes)));
            }
        } while (!used.compareAndSet(before, before + bytes));
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }
}
