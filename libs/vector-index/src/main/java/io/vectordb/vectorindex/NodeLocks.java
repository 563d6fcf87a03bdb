package io.vectordb.vectorindex;

import java.util.Arrays;

/** The locks of the nodes of a graph. Nodes share them, so a thread must not hold the locks of two nodes at once. */
final class NodeLocks {

    private static final int STRIPES = 1024;

    private final Object[] locks = new Object[STRIPES];

    NodeLocks() {
        Arrays.setAll(locks, i -> new Object());
    }

    Object of(int node) {
        return locks[node & STRIPES - 1];
    }
}
