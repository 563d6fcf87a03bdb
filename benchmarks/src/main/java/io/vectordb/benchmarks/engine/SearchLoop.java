package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs queries one after the other and takes the time of each. Queries lie in memory; what is timed is the search and
 * the copying of at most {@code k} numbers.
 */
final class SearchLoop {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Engine engine;
    private final float[][] queries;
    private List<Allowed> filters = List.of();

    SearchLoop(Engine engine, float[][] queries) {
        this.engine = engine;
        this.queries = queries;
    }

    /** Filters all further searches: no filter, one for all queries, or one for each. */
    void filter(List<Allowed> filters) {
        this.filters = filters;
    }

    /** Runs all queries {@code repeat} times. */
    Times run(int k, int ef, int repeat) throws IOException {
        long[] nanos = new long[queries.length * repeat];
        int[][] found = new int[queries.length][];
        int[] ids = new int[k];
        long cpu = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < nanos.length; i++) {
            int query = i % queries.length;
            long start = System.nanoTime();
            int count = engine.search(queries[query], ef, filter(query), ids);
            nanos[i] = System.nanoTime() - start;
            found[query] = Arrays.copyOf(ids, count);
        }
        return new Times(nanos, THREADS.getCurrentThreadCpuTime() - cpu, found);
    }

    private @Nullable Allowed filter(int query) {
        return switch (filters.size()) {
            case 0 -> null;
            case 1 -> filters.getFirst();
            default -> filters.get(query);
        };
    }

    /**
     * @param nanos of each search, shortest first
     * @param cpuNanos that the thread was running, during all of them
     * @param found of the last run of each query
     */
    record Times(long[] nanos, long cpuNanos, int[][] found) {

        Times {
            Arrays.sort(nanos);
        }

        double seconds() {
            return Arrays.stream(nanos).sum() / 1e9;
        }

        double micros(double quantile) {
            return nanos[(int) Math.min(nanos.length - 1, Math.ceil(quantile * nanos.length) - 1)] / 1e3;
        }
    }
}
