package io.vectordb.vectorindex;

import java.util.Arrays;

/** The {@code k} nearest of what was offered, by distance and then by node: a bounded heap, farthest first. */
final class TopK {

    private double[] distances = new double[16];
    private int[] nodes = new int[16];
    private int capacity;
    private int size;

    void reset(int k) {
        capacity = k;
        size = 0;
    }

    boolean isFull() {
        return size == capacity;
    }

    /** The distance of the farthest that is kept, when it is full. */
    double worst() {
        return distances[0];
    }

    /** Keeps the node if it is among the nearest so far; says whether what is kept has changed. */
    boolean offer(double distance, int node) {
        if (size < capacity) {
            grow();
            siftUp(size++, distance, node);
            return true;
        }
        if (isAfter(distance, node, distances[0], nodes[0])) {
            return false;
        }
        siftDown(size, distance, node);
        return true;
    }

    /** Hands out what was kept, nearest first, and is empty then. */
    SearchResult drain(int visited) {
        int[] outNodes = new int[size];
        double[] outDistances = new double[size];
        while (size > 0) {
            size--;
            outNodes[size] = nodes[0];
            outDistances[size] = distances[0];
            siftDown(size, distances[size], nodes[size]);
        }
        return new SearchResult(outNodes, outDistances, visited);
    }

    private void grow() {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * size);
            distances = Arrays.copyOf(distances, 2 * size);
        }
    }

    private void siftUp(int from, double distance, int node) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isAfter(distance, node, distances[parent], nodes[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        distances[at] = distance;
        nodes[at] = node;
    }

    private void siftDown(int count, double distance, int node) {
        int at = 0;
        while (2 * at + 1 < count) {
            int child = 2 * at + 1;
            if (child + 1 < count && isAfter(distances[child + 1], nodes[child + 1], distances[child], nodes[child])) {
                child++;
            }
            if (!isAfter(distances[child], nodes[child], distance, node)) {
                break;
            }
            move(child, at);
            at = child;
        }
        distances[at] = distance;
        nodes[at] = node;
    }

    private void move(int from, int to) {
        distances[to] = distances[from];
        nodes[to] = nodes[from];
    }

    private static boolean isAfter(double distance, int node, double otherDistance, int otherNode) {
        return distance > otherDistance || (distance == otherDistance && node > otherNode);
    }
}
