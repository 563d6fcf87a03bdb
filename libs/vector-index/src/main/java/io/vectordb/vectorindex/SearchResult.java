package io.vectordb.vectorindex;

/**
 * The hits of one search, nearest first; equal distances by lower ordinal.
 *
 * <p>Distances are computed in double precision in one fixed order, so a pair of vectors has the same distance in every
 * search, exact or not, on every machine. The arrays belong to the caller.
 */
public final class SearchResult {

    private final int[] ordinals;
    private final double[] distances;
    private final int visited;

    SearchResult(int[] ordinals, double[] distances, int visited) {
        this.ordinals = ordinals;
        this.distances = distances;
        this.visited = visited;
    }

    public int size() {
        return ordinals.length;
    }

    public int[] ordinals() {
        return ordinals;
    }

    /** Distances in the meaning of the {@link Metric}, parallel to {@link #ordinals()}. */
    public double[] distances() {
        return distances;
    }

    /** How many vectors were compared with the query: what the search cost. */
    public int visited() {
        return visited;
    }
}
