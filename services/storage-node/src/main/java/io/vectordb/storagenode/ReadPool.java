package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads that read RocksDB, whose native calls hold the thread they run on: a fixed number, with a bounded queue
 * that refuses rather than grows.
 */
final class ReadPool implements AutoCloseable {

    private final ThreadPoolExecutor executor;
    private final int queue;

    ReadPool(int threads, int queue) {
        this.queue = queue;
        executor = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().daemon().name("storage-read-", 0).factory());
    }

    /** Reads when a thread is free; fails with {@code OVERLOADED} when too many wait already. */
    <T> CompletableFuture<T> submit(Supplier<T> read) {
        try {
            return CompletableFuture.supplyAsync(read, executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new VectorDbException(
                    ErrorCode.OVERLOADED,
                    queue + " reads wait already on this storage node",
                    Map.of("queue", Integer.toString(queue))));
        }
    }

    int waiting() {
        return executor.getQueue().size();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
