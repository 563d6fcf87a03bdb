package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.util.Arrays;

/**
 * The order in which the nodes of a graph are written down: neighbours near each other, so that a walk finds them in the
 * same lines and pages.
 *
 * <p>Nodes of the upper levels, which every walk passes, come first; then, breadth first over level 0, what they lead
 * to, as Cuthill and McKee (1969) number the rows of a sparse matrix; what they do not lead to comes last.
 */
final class GraphOrder {

    private final HnswGraph graph;
    private final int count;

    GraphOrder(HnswGraph graph) {
        this.graph = graph;
        count = graph.allocated();
    }

    /** The linked nodes, which are all but those in chains of equal vectors, in their new order. */
    int[] linked() {
        boolean[] seen = new boolean[count];
        markChained(seen);
        int[] order = new int[count];
        int size = 0;
        for (int node = 0; node < count; node++) {
            if (!seen[node] && graph.isLinkable(node) && graph.level(node) > 0) {
                seen[node] = true;
                order[size++] = node;
            }
        }
        size = follow(order, 0, size, seen);
        for (int node = 0; node < count; node++) {
            if (!seen[node] && graph.isLinkable(node)) {
                seen[node] = true;
                order[size++] = node;
                size = follow(order, size - 1, size, seen);
            }
        }
        return Arrays.copyOf(order, size);
    }

    private void markChained(boolean[] chained) {
        for (int node = 0; node < count; node++) {
            if (graph.state(node) != HnswGraph.ABSENT && graph.nextEqual(node) != HnswGraph.END) {
                chained[graph.nextEqual(node)] = true;
            }
        }
    }

    /** Appends all that the nodes from {@code from} on lead to, and returns the new size. */
    private int follow(int[] order, int from, int size, boolean[] seen) {
        int width = graph.maxDegree(0);
        int end = size;
        for (int at = from; at < end; at++) {
            long list = graph.list(order[at], 0);
            for (int i = 0; i < width; i++) {
                int neighbour = OffHeap.getInt(list + (long) i * Integer.BYTES);
                if (neighbour == HnswGraph.END) {
                    break;
                }
                if (!seen[neighbour]) {
                    seen[neighbour] = true;
                    order[end++] = neighbour;
                }
            }
        }
        return end;
    }
}
