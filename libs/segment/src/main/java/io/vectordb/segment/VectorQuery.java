package io.vectordb.segment;

/**
 * A search for the nearest vectors.
 *
 * @param field the vector field
 * @param vector of its dimension, finite, not all zero under cosine
 * @param k how many
 * @param efSearch the beam width; less than {@code k} counts as {@code k}
 * @param exact measure every vector instead of walking the graph
 */
public record VectorQuery(String field, float[] vector, int k, int efSearch, boolean exact) {}
