package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * The {@code k} nearest of what was offered, by distance and then by ordinal: a bounded heap, farthest first. An ordinal
 * that is offered several times, because its record has several vectors, is kept once, by the nearest of them.
 */
final class TopK {

    private double[] distances = new double[16];
    private int[] ordinals = new int[16];
    private final IntSet kept = new IntSet();
    private int capacity;
    private int size;

    void reset(int k) {
        capacity = k;
        size = 0;
        kept.reset();
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    /** The distance of the farthest that is kept, when it is full. */
    double worst() {
        return distances[0];
    }

    /** Keeps the ordinal if it is among the nearest so far; says whether what is kept has changed. */
    boolean offer(double distance, int ordinal) {
        if (size == capacity && isAfter(distance, ordinal, distances[0], ordinals[0])) {
            return false;
        }
        if (!kept.add(ordinal)) {
            return improve(distance, ordinal);
        }
        if (size < capacity) {
            grow();
            siftUp(size++, distance, ordinal);
        } else {
            kept.remove(ordinals[0]);
            siftDown(0, size, distance, ordinal);
        }
        return true;
    }

    /** Brings an ordinal that is kept nearer. */
    private boolean improve(double distance, int ordinal) {
        int at = 0;
        while (ordinals[at] != ordinal) {
            at++;
        }
        if (distance >= distances[at]) {
            return false;
        }
        siftDown(at, size, distance, ordinal);
        return true;
    }

    /** Drops the farthest. */
    void removeWorst() {
        size--;
        kept.remove(ordinals[0]);
        siftDown(0, size, distances[size], ordinals[size]);
    }

    /** Hands out what was kept, nearest first, and is empty then. */
    SearchResult drain(int visited) {
        int[] outOrdinals = new int[size];
        double[] outDistances = new double[size];
        while (size > 0) {
            size--;
            outOrdinals[size] = ordinals[0];
            outDistances[size] = distances[0];
            siftDown(0, size, distances[size], ordinals[size]);
        }
        return new SearchResult(outOrdinals, outDistances, visited);
    }

    private void grow() {
        if (size == ordinals.length) {
            ordinals = Arrays.copyOf(ordinals, 2 * size);
            distances = Arrays.copyOf(distances, 2 * size);
        }
    }

    private void siftUp(int from, double distance, int ordinal) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isAfter(distance, ordinal, distances[parent], ordinals[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        distances[at] = distance;
        ordinals[at] = ordinal;
    }

    private void siftDown(int from, int count, double distance, int ordinal) {
        int at = from;
        while (2 * at + 1 < count) {
            int child = 2 * at + 1;
            if (child + 1 < count
                    && isAfter(distances[child + 1], ordinals[child + 1], distances[child], ordinals[child])) {
                child++;
            }
            if (!isAfter(distances[child], ordinals[child], distance, ordinal)) {
                break;
            }
            move(child, at);
            at = child;
        }
        distances[at] = distance;
        ordinals[at] = ordinal;
    }

    private void move(int from, int to) {
        distances[to] = distances[from];
        ordinals[to] = ordinals[from];
    }

    private static boolean isAfter(double distance, int ordinal, double otherDistance, int otherOrdinal) {
        return distance > otherDistance || (distance == otherDistance && ordinal > otherOrdinal);
    }
}
