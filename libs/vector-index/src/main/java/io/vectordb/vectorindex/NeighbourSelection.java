package io.vectordb.vectorindex;

import java.util.Arrays;

/** Algorithm 4 of the paper, and what a thread works with while it links nodes. For one thread. */
final class NeighbourSelection {

    private static final ThreadLocal<NeighbourSelection> LOCAL = ThreadLocal.withInitial(NeighbourSelection::new);

    private static final int WAYPOINTS = 4;

    /** {@link DistanceKey}s of what may be chosen. */
    long[] candidates = new long[128];
    /** Per level the neighbours chosen for the node that is being inserted, and how many. */
    int[][] chosen = {};

    int[] degrees = {};
    /** Per level the nearest nodes on their way out that were met, where too few others were, and how many. */
    int[][] waypoints = {};

    int[] waypointCounts = {};
    /** A list as it will be written. */
    int[] list = {};
    /** Nodes on their way out whose neighbours may be chosen instead. */
    int[] leaving = {};
    /** Where in the {@link #list} begins what the last repair has added, and where it ends. */
    int addedFrom;

    int addedTo;

    private NeighbourSelection() {}

    static NeighbourSelection local() {
        return LOCAL.get();
    }

    void ensure(int levels, int m) {
        if (levels > chosen.length || chosen[0].length < m) {
            chosen = new int[levels][m];
            degrees = new int[levels];
            waypoints = new int[levels][WAYPOINTS];
            waypointCounts = new int[levels];
        }
        if (list.length < 2 * m) {
            list = new int[2 * m];
        }
    }

    void ensureLeaving(int count) {
        if (leaving.length < count) {
            leaving = new int[count];
        }
    }

    void ensureCandidates(int count) {
        if (candidates.length < count) {
            candidates = Arrays.copyOf(candidates, Math.max(count, 2 * candidates.length));
        }
    }

    /**
     * Keeps, nearest first, each candidate that is nearer to the base than to any that was kept, so that links go in
     * different directions; all when there are fewer than {@code max}.
     *
     * <p>Each one kept is compared with all candidates behind it at once, and rules out those it is nearer to.
     *
     * @param count how many {@link #candidates} there are, by their distances to the base; reordered here
     * @return how many were written to {@code out}
     */
    int select(int base, int count, int max, int[] out, NodeScorer scorer, SearchScratch scratch) {
        int permutation = sort(base, count);
        if (count < max) {
            for (int i = 0; i < count; i++) {
                out[i] = DistanceKey.node(candidates[i]) ^ permutation;
            }
            return count;
        }
        scratch.ensure(count);
        int kept = 0;
        int left = count;
        while (left > 0 && kept < max) {
            int nearest = DistanceKey.node(candidates[0]) ^ permutation;
            out[kept++] = nearest;
            if (kept == max || left == 1) {
                break;
            }
            for (int i = 1; i < left; i++) {
                scratch.setNode(i - 1, DistanceKey.node(candidates[i]) ^ permutation);
            }
            scorer.prepare(scratch.candidateQuery, nearest);
            scorer.distances(scratch.candidateQuery, scratch.nodes(), left - 1, scratch.distances());
            int still = 0;
            for (int i = 1; i < left; i++) {
                if (!(scratch.distance(i - 1) < DistanceKey.distance(candidates[i]))) {
                    candidates[still++] = candidates[i];
                }
            }
            left = still;
        }
        return kept;
    }

    /** Leaves the nearest of the candidates, at most so many, and returns how many. */
    int nearest(int count, int max) {
        Arrays.sort(candidates, 0, count);
        return Math.min(count, max);
    }

    /**
     * Appends candidates to a list by the same rule, against what the list holds already; if none passes, the nearest
     * all the same, without which lists would become shorter from repair to repair.
     *
     * @param length of the {@link #list} so far
     * @param max how long it may become
     * @return how long it is now
     */
    int fill(int base, int count, int length, int max, NodeScorer scorer, SearchScratch scratch) {
        int permutation = sort(base, count);
        scratch.ensure(max);
        int filled = length;
        for (int i = 0; i < count && filled < max; i++) {
            int candidate = DistanceKey.node(candidates[i]) ^ permutation;
            for (int j = 0; j < filled; j++) {
                scratch.setNode(j, list[j]);
            }
            scorer.prepare(scratch.candidateQuery, candidate);
            scorer.distances(scratch.candidateQuery, scratch.nodes(), filled, scratch.distances());
            float distance = DistanceKey.distance(candidates[i]);
            boolean ruledOut = false;
            for (int j = 0; j < filled && !ruledOut; j++) {
                ruledOut = scratch.distance(j) < distance;
            }
            if (!ruledOut) {
                list[filled++] = candidate;
            }
        }
        if (filled == length && count > 0 && length < max) {
            list[filled++] = DistanceKey.node(candidates[0]) ^ permutation;
        }
        return filled;
    }

    /**
     * Sorts the candidates, nearest first, and returns what their nodes are xor-ed with then: equal distances are
     * ordered by a permutation that differs from base to base. Where many are equal, as on a grid, the lower nodes would
     * else be chosen by everyone, and the others by none.
     */
    private int sort(int base, int count) {
        int permutation = (int) HnswParameters.mix(base) & Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            candidates[i] ^= permutation;
        }
        Arrays.sort(candidates, 0, count);
        return permutation;
    }
}
