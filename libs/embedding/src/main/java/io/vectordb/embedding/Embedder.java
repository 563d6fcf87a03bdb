package io.vectordb.embedding;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The models of a process and the threads that compute with them.
 *
 * <p>Texts are computed one by one, those of queries before those of ingestion, so that a search does not wait behind a
 * load. At most {@value #MAX_PENDING} texts wait: beyond that {@code OVERLOADED}. Thread-safe; never blocks the caller.
 * Models are loaded at first use or by {@link #warmUp()}.
 */
public final class Embedder implements AutoCloseable {

    static final int MAX_PENDING = 20_000;

    /** Who waits for the vector. */
    public enum Priority {
        QUERY,
        INGEST
    }

    /** What is known of a model without loading it. */
    public record ModelInfo(String name, int dimension, int maxTokens) {}

    private final Map<String, Lazy> models = new TreeMap<>();
    private final Semaphore pending = new Semaphore(MAX_PENDING);
    private final AtomicLong arrivals = new AtomicLong();
    private final ThreadPoolExecutor executor;

    /** An embedder that computes on {@code threads} threads. */
    public Embedder(int threads) {
        models.put(MiniLm.NAME, new Lazy(new ModelInfo(MiniLm.NAME, 384, 510), MiniLm::load));
        executor = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new PriorityBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("embed-", 0).factory());
    }

    public List<ModelInfo> models() {
        return models.values().stream().map(Lazy::info).toList();
    }

    public Optional<ModelInfo> model(String name) {
        return Optional.ofNullable(models.get(name)).map(Lazy::info);
    }

    /** Loads every model in the background; done when they can be used at once. */
    public CompletableFuture<Void> warmUp() {
        List<CompletableFuture<Object>> loading = new ArrayList<>();
        models.values()
                .forEach(model ->
                        loading.add(submit(Priority.QUERY, () -> model.get().embed("warm"))));
        return CompletableFuture.allOf(loading.toArray(CompletableFuture[]::new));
    }

    /**
     * The vector of a text.
     *
     * @return fails with {@code TEXT_TOO_LONG}, or {@code OVERLOADED} when too many texts wait already
     * @throws IllegalArgumentException when there is no such model; a schema names only models that exist
     */
    public CompletableFuture<float[]> embed(String model, String text, Priority priority) {
        Lazy lazy = models.get(model);
        if (lazy == null) {
            throw new IllegalArgumentException("no model " + model);
        }
        return submit(priority, () -> lazy.get().embed(text));
    }

    private <T> CompletableFuture<T> submit(Priority priority, Supplier<T> work) {
        if (!pending.tryAcquire()) {
            return CompletableFuture.failedFuture(new VectorDbException(
                    ErrorCode.OVERLOADED, MAX_PENDING + " texts wait for their embedding already"));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(new Task(priority, arrivals.getAndIncrement(), () -> {
            try {
                if (!result.isDone()) {
                    result.complete(work.get());
                }
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            } finally {
                pending.release();
            }
        }));
        return result;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private record Task(Priority priority, long arrival, Runnable work) implements Runnable, Comparable<Task> {

        @Override
        public void run() {
            work.run();
        }

        @Override
        public int compareTo(Task other) {
            int byPriority = priority.compareTo(other.priority);
            return byPriority != 0 ? byPriority : Long.compare(arrival, other.arrival);
        }
    }

    /** A model that is loaded once, by whoever needs it first. */
    private static final class Lazy {

        private final ModelInfo info;
        private final Supplier<EmbeddingModel> loader;
        private Optional<EmbeddingModel> loaded = Optional.empty();

        Lazy(ModelInfo info, Supplier<EmbeddingModel> loader) {
            this.info = info;
            this.loader = loader;
        }

        ModelInfo info() {
            return info;
        }

        synchronized EmbeddingModel get() {
            EmbeddingModel model = loaded.orElseGet(loader);
            loaded = Optional.of(model);
            return model;
        }
    }
}
