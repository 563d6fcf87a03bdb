package io.vectordb.benchmarks.data;

/** The nearest of what was offered, in order. Small capacities only: an insertion moves what is behind it. */
final class NearestList {

    private final double[] distances;
    private final int[] ids;
    private int size;

    NearestList(int capacity) {
        distances = new double[capacity];
        ids = new int[capacity];
    }

    int size() {
        return size;
    }

    int id(int rank) {
        return ids[rank];
    }

    /** Equal distances are ordered by lower id. */
    void offer(int id, double distance) {
        if (size == ids.length && !isBefore(distance, id, size - 1)) {
            return;
        }
        int at = size == ids.length ? size - 1 : size++;
        while (at > 0 && isBefore(distance, id, at - 1)) {
            distances[at] = distances[at - 1];
            ids[at] = ids[at - 1];
            at--;
        }
        distances[at] = distance;
        ids[at] = id;
    }

    private boolean isBefore(double distance, int id, int rank) {
        return distance < distances[rank] || (distance == distances[rank] && id < ids[rank]);
    }
}
