package io.vectordb.coordinator;

import io.vectordb.rpc.GrpcErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** The same work on several shards, a few at once. */
final class ShardTasks {

    private static final int AT_ONCE = 8;

    private ShardTasks() {}

    /** The results in the order of the items; the first failure, or an interrupt, ends the others. */
    static <T, R> List<R> forEach(List<T> items, Function<T, R> work) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.clamp(items.size(), 1, AT_ONCE),
                Thread.ofPlatform().daemon().name("operation-shard-", 0).factory());
        try {
            List<Future<R>> futures = new ArrayList<>();
            for (T item : items) {
                futures.add(threads.submit(() -> work.apply(item)));
            }
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw GrpcErrors.fromThrowable(e.getCause() == null ? e : e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
