package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * The nodes that one search has met: a byte per node, equal to the number of the search in which it was met last.
 *
 * <p>A byte and not an int, so that the marks of a million nodes fit the second-level cache; they are wiped once in 255
 * searches.
 */
final class VisitedSet {

    private static final int LAST_EPOCH = 255;

    private byte[] marks = {};
    private int epoch;

    /** Forgets all and makes room for the nodes {@code 0..size - 1}. */
    void reset(int size) {
        if (marks.length < size) {
            marks = new byte[Math.max(size, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * marks.length))];
            epoch = 0;
        }
        if (epoch == LAST_EPOCH) {
            Arrays.fill(marks, (byte) 0);
            epoch = 0;
        }
        epoch++;
    }

    /** Adds a node, and says whether it is new. */
    boolean add(int node) {
        // Without a branch, which no processor could foresee.
        byte mark = (byte) epoch;
        byte before = marks[node];
        marks[node] = mark;
        return before != mark;
    }
}
