package io.vectordb.vectorindex;

/**
 * Distances of a query and stored vectors, good enough to walk a graph by.
 *
 * <p>Thread-safe; a query belongs to its thread.
 */
sealed interface NodeScorer permits VectorStore, CodeStore {

    /** Prepares a query for a valid vector from outside. */
    void prepare(Query query, float[] vector);

    /** Prepares a query for a stored vector. */
    void prepare(Query query, int node);

    /**
     * Computes walk distances: of the order of the metric, and always finite.
     *
     * @param nodes the address of {@code count} ints
     * @param out the address of room for as many floats
     */
    void distances(Query query, long nodes, int count, long out);
}
