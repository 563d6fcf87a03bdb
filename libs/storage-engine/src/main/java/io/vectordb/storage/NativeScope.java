package io.vectordb.storage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.AbstractNativeReference;

/**
 * Owns native handles and closes them together, the last opened first.
 *
 * <p>RocksDB's objects live outside the heap and no collector frees them, so every one of them belongs to a scope. One
 * thread at a time.
 */
final class NativeScope implements AutoCloseable {

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** How many handles of this process are open; tests expect none to be left. */
    static int openHandles() {
        return OPEN.get();
    }

    <T extends AbstractNativeReference> T own(T handle) {
        onClose(handle::close);
        return handle;
    }

    void onClose(Runnable release) {
        OPEN.incrementAndGet();
        releases.push(release);
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            OPEN.decrementAndGet();
            releases.pop().run();
        }
    }
}
