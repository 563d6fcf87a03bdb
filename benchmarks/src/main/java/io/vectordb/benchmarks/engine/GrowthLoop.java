package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.VectorFile;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Searches an index that stands still, then while one thread adds the rest of the vectors to it. */
final class GrowthLoop {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final GrowingEngine engine;
    private final float[][] queries;
    private final int k;
    private final int ef;

    GrowthLoop(GrowingEngine engine, float[][] queries, int k, int ef) {
        this.engine = engine;
        this.queries = queries;
        this.k = k;
        this.ef = ef;
    }

    /** Adds the first vectors, and measures while the others come in. */
    Outcome run(VectorFile base, int initial, double idleSeconds) throws IOException {
        engine.clear();
        add(base, 0, initial);
        rate(idleSeconds);
        Rate idle = rate(idleSeconds);
        List<int[]> found = new ArrayList<>();
        long start = System.nanoTime();
        long cpuStart = THREADS.getCurrentThreadCpuTime();
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            Future<?> rest = writer.submit(() -> add(base, initial, base.size()));
            int[] ids = new int[k];
            while (!rest.isDone()) {
                int count = engine.search(queries[found.size() % queries.length], ef, null, ids);
                found.add(Arrays.copyOf(ids, count));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpuStart) / 1e9;
            rest.get();
            return new Outcome(
                    idle,
                    new Rate(found.size() / seconds, found.size() / cpuSeconds),
                    (base.size() - initial) / seconds,
                    found.toArray(int[][]::new));
        } catch (ExecutionException e) {
            throw new VectorDbException(ErrorCode.INTERNAL, "the writer failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectorDbException(ErrorCode.CANCELLED, "interrupted while vectors were added", e);
        }
    }

    private void add(VectorFile base, int from, int to) {
        for (int i = from; i < to; i++) {
            engine.add(base.get(i));
        }
    }

    private Rate rate(double seconds) throws IOException {
        int[] ids = new int[k];
        long begin = System.nanoTime();
        long cpuBegin = THREADS.getCurrentThreadCpuTime();
        long end = begin + (long) (seconds * 1e9);
        int count = 0;
        while (System.nanoTime() < end) {
            engine.search(queries[count++ % queries.length], ef, null, ids);
        }
        return new Rate(
                count / ((System.nanoTime() - begin) / 1e9),
                count / ((THREADS.getCurrentThreadCpuTime() - cpuBegin) / 1e9));
    }

    /** Searches a second, of the wall clock and of the time that the searching thread was running. */
    record Rate(double wall, double cpu) {}

    /** @param found of each search during the inserts, in order; query {@code i % queries} made search {@code i} */
    record Outcome(Rate idle, Rate busy, double insertRate, int[][] found) {}
}
