package io.vectordb.vectorindex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Knows how the ordinals of a graph lie in the order of its nodes, so that the nodes of a few ordinals are found without
 * looking at all.
 *
 * <p>Where one thread adds records in their order the ordinals ascend, without gaps if every record has a vector. In a
 * graph that does not change any more, whose nodes are in an order of their own, a table tells them; it takes four bytes
 * per ordinal and is made when it is first of use.
 *
 * <p>Every node is looked at once in the life of a graph, unless nodes are used again: then the order is given up. A
 * node that is found so must still be asked for its ordinal. Thread-safe.
 */
final class OrdinalOrder {

    /** How many times as dear it is to seek a node as to look at one and ask. */
    private static final int SEEK_COST = 4;

    private static final int BROKEN = -1;
    static final int NONE = -1;

    /** How the nodes of a filter are found. */
    enum Way {
        /** All nodes are asked. */
        ASKED,
        /** Those of a set are sought in ascending order. */
        SOUGHT,
        /** Those of a set are as far from the first node as their ordinals from its. */
        COMPUTED,
        /** Those of a set are in the table. */
        TABLED
    }

    private final HnswGraph graph;
    private final boolean isFixed;
    /** The nodes below are in order; or {@link #BROKEN}. */
    private volatile int checked;
    /** Whether some of those have equal ordinals. */
    private volatile boolean repeats;

    private volatile int @Nullable [] table;

    /** @param isFixed whether the graph changes no more */
    OrdinalOrder(HnswGraph graph, boolean isFixed) {
        this.graph = graph;
        this.isFixed = isFixed;
    }

    Way way(OrdinalFilter filter, int limit) {
        if (!(filter instanceof OrdinalSet set) || limit == 0) {
            return Way.ASKED;
        }
        boolean ascends = ascends(limit);
        if (ascends && !repeats && (long) graph.ordinal(limit - 1) - graph.ordinal(0) == limit - 1) {
            return Way.COMPUTED;
        }
        if ((long) set.cardinality() * SEEK_COST >= limit) {
            return Way.ASKED;
        }
        if (ascends) {
            return Way.SOUGHT;
        }
        return isFixed && table().length > 0 ? Way.TABLED : Way.ASKED;
    }

    /** Whether the ordinals of the nodes {@code 0..limit - 1} ascend, doubles allowed. */
    private boolean ascends(int limit) {
        if (graph.isReused()) {
            return false;
        }
        int from = checked;
        if (from == BROKEN || from >= limit) {
            return from != BROKEN;
        }
        int last = from == 0 ? NONE : graph.ordinal(from - 1);
        for (int node = from; node < limit; node++) {
            int ordinal = graph.ordinal(node);
            if (ordinal < last) {
                checked = BROKEN;
                return false;
            }
            if (ordinal == last) {
                repeats = true;
            }
            last = ordinal;
        }
        raise(limit);
        return true;
    }

    private synchronized void raise(int limit) {
        if (checked != BROKEN) {
            checked = Math.max(checked, limit);
        }
    }

    /** The node of every ordinal, or -1; empty where an ordinal has several nodes, or ordinals are sparse. */
    int[] table() {
        int[] made = table;
        if (made == null) {
            synchronized (this) {
                made = table;
                if (made == null) {
                    made = makeTable();
                    table = made;
                }
            }
        }
        return made;
    }

    private int[] makeTable() {
        int limit = graph.allocated();
        int max = 0;
        for (int node = 0; node < limit; node++) {
            max = Math.max(max, graph.ordinal(node));
        }
        if (max >= 2L * limit) {
            return new int[0];
        }
        int[] nodes = new int[max + 1];
        Arrays.fill(nodes, NONE);
        for (int node = 0; node < limit; node++) {
            int ordinal = graph.ordinal(node);
            if (nodes[ordinal] != NONE) {
                return new int[0];
            }
            nodes[ordinal] = node;
        }
        return nodes;
    }

    /**
     * The first node from {@code from} on whose ordinal is at least this one, or {@code limit}, where ordinals ascend: at
     * once where no ordinal between lacks a vector, else by a search whose steps double.
     */
    int seek(int ordinal, int from, int limit) {
        if (from >= limit) {
            return limit;
        }
        long missing = (long) ordinal - graph.ordinal(from);
        if (missing <= 0) {
            return from;
        }
        if (missing < limit - from) {
            int guess = from + (int) missing;
            if (graph.ordinal(guess) == ordinal && graph.ordinal(guess - 1) < ordinal) {
                return guess;
            }
        }
        int low = from;
        int step = 1;
        while (step < limit - low && graph.ordinal(low + step) < ordinal) {
            low += step;
            step = (int) Math.min(2L * step, limit - low);
        }
        int high = (int) Math.min((long) low + step, limit);
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (graph.ordinal(middle) < ordinal) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    long memoryBytes() {
        int[] made = table;
        return made == null ? 0 : (long) made.length * Integer.BYTES;
    }
}
