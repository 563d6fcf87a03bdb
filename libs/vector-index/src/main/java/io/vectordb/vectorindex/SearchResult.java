package io.vectordb.vectorindex;

/**
 * The hits of one search, nearest first; equal distances by lower node.
 *
 * <p>Distances are computed in double precision in one fixed order, so a pair of vectors has the same distance in every
 * search, exact or not, on every machine. The arrays belong to the caller.
 */
public final class SearchResult {

    private final int[] nodes;
    private final double[] distances;
    private final int visited;

    SearchResult(int[] nodes, double[] distances, int visited) {
        this.nodes = nodes;
        this.distances = distances;
        this.visited = visited;
    }

    public int size() {
        return nodes.length;
    }

    public int[] nodes() {
        return nodes;
    }

    /** Distances in the meaning of the {@link Metric}, parallel to {@link #nodes()}. */
    public double[] distances() {
        return distances;
    }

    /** How many vectors were compared with the query: what the search cost. */
    public int visited() {
        return visited;
    }
}
