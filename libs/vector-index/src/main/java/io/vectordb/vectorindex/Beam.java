package io.vectordb.vectorindex;

/**
 * The nearest nodes that a walk has met, nearest first, at most as many as the beam is wide, and which of them it has
 * expanded: candidates and results of algorithm 2 in one sorted array.
 *
 * <p>An insertion moves what is farther, which for beams of up to a few hundred is one short copy and cheaper than two
 * heaps, and nothing is ever removed but the farthest.
 */
final class Beam {

    private static final long EXPANDED = 1;
    private static final int PEEK = 4;

    /** A sortable distance above, node and mark of expansion below. */
    private long[] entries = new long[128];

    private int capacity;
    private int size;
    /** All before it are expanded. */
    private int next;

    void reset(int width) {
        if (entries.length < width) {
            entries = new long[Math.max(width, 2 * entries.length)];
        }
        capacity = width;
        size = 0;
        next = 0;
    }

    int size() {
        return size;
    }

    /** The distance from which on nothing can enter. */
    float bound() {
        return size < capacity ? Float.POSITIVE_INFINITY : distance(size - 1);
    }

    float distance(int rank) {
        return distanceOf(entries[rank]);
    }

    int node(int rank) {
        return (int) entries[rank] >>> 1;
    }

    /** Enters a node that is nearer than {@link #bound}. */
    void insert(float distance, int node) {
        long entry = entryOf(distance, node);
        // Halves without a branch that depends on the data, which the processor could not foresee.
        int low = 0;
        for (int left = size; left > 0; ) {
            int half = (left + 1) >>> 1;
            low += entries[low + half - 1] < entry ? half : 0;
            left -= half;
        }
        int moved = (size < capacity ? size++ : size - 1) - low;
        System.arraycopy(entries, low, entries, low + 1, moved);
        entries[low] = entry;
        next = Math.min(next, low);
    }

    /** The nearest node that was not expanded yet, and is now; -1 when there is none. */
    int expandNext() {
        while (next < size) {
            long entry = entries[next];
            if ((entry & EXPANDED) == 0) {
                entries[next++] = entry | EXPANDED;
                return (int) entry >>> 1;
            }
            next++;
        }
        return -1;
    }

    /** The nearest node that was not expanded yet; -1 when there is none before the end or a few places on. */
    int peekNext() {
        int end = Math.min(size, next + PEEK);
        for (int rank = next; rank < end; rank++) {
            if ((entries[rank] & EXPANDED) == 0) {
                return node(rank);
            }
        }
        return -1;
    }

    /** Drops the nodes that a search cannot return. */
    void dropRemoved(HnswGraph graph) {
        int kept = 0;
        for (int rank = 0; rank < size; rank++) {
            if (graph.hasLive(node(rank))) {
                entries[kept++] = entries[rank];
            }
        }
        size = kept;
    }

    private static long entryOf(float distance, int node) {
        return (long) DistanceKey.sortable(distance) << 32 | (long) node << 1;
    }

    private static float distanceOf(long entry) {
        return DistanceKey.distance(entry);
    }
}
