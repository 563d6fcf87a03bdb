package io.vectordb.benchmarks.data;

/**
 * What engines are measured on.
 *
 * @param base as every engine reads it: of unit length under {@link Similarity#COSINE}
 * @param queries likewise
 * @param neighbors for each query the numbers of its exact nearest vectors, nearest first
 * @param note how the data came about, for the report
 */
public record Dataset(
        String name, VectorFile base, VectorFile queries, Similarity similarity, int[][] neighbors, String note) {

    /** The same data, with another note. */
    public Dataset withNote(String other) {
        return new Dataset(name, base, queries, similarity, neighbors, other);
    }
}
