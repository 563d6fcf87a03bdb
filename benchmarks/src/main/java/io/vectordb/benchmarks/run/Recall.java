package io.vectordb.benchmarks.run;

import java.util.Arrays;

/** The part of the exact nearest vectors that a search found. */
public final class Recall {

    private Recall() {}

    /**
     * The mean over queries of {@code |found and exact k nearest| / k}. Where fewer than {@code k} exist, as under a
     * filter, it is what was found of those; a query that can find nothing counts as found in full.
     *
     * @param exact for each query at least {@code k} numbers, nearest first, or all there are
     */
    public static double at(int k, int[][] found, int[][] exact) {
        double sum = 0;
        for (int query = 0; query < found.length; query++) {
            int[] wanted = Arrays.copyOf(exact[query], Math.min(k, exact[query].length));
            sum += wanted.length == 0 ? 1 : (double) overlap(found[query], wanted) / wanted.length;
        }
        return sum / found.length;
    }

    private static int overlap(int[] found, int[] wanted) {
        int[] sorted = wanted.clone();
        Arrays.sort(sorted);
        return (int) Arrays.stream(found)
                .distinct()
                .filter(id -> Arrays.binarySearch(sorted, id) >= 0)
                .count();
    }

    /**
     * The recall of searches that may also have found vectors added meanwhile: of the numbers below {@code known}, which
     * must be the nearest as many of those that were there from the beginning.
     *
     * @param found of search {@code i}, made with query {@code i % exact.length}
     * @param exact the nearest of the first {@code known} vectors
     */
    public static double whileGrowing(int known, int[][] found, int[][] exact) {
        long right = 0;
        long all = 0;
        for (int i = 0; i < found.length; i++) {
            int[] old = Arrays.stream(found[i]).filter(id -> id < known).toArray();
            int[] wanted = exact[i % exact.length];
            right += overlap(old, Arrays.copyOf(wanted, Math.min(old.length, wanted.length)));
            all += old.length;
        }
        return all == 0 ? 1 : (double) right / all;
    }
}
