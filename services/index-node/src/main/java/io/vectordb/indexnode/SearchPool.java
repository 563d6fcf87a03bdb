package io.vectordb.indexnode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that search: as many as there are cores, with a bounded queue that refuses rather than grows. */
final class SearchPool implements AutoCloseable {

    private final ThreadPoolExecutor executor;
    private final int queue;

    SearchPool(int threads, int queue) {
        this.queue = queue;
        executor = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().daemon().name("search-", 0).factory());
    }

    /**
     * Runs {@code work} when a thread is free.
     *
     * @throws VectorDbException {@code OVERLOADED} when too many wait already
     */
    void execute(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            throw new VectorDbException(
                    ErrorCode.OVERLOADED,
                    queue + " searches wait already on this index node",
                    Map.of("queue", Integer.toString(queue)));
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
