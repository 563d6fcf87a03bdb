package io.vectordb.vectorindex;

/** How far apart two vectors are. Under every metric a smaller distance is nearer. */
public enum Metric {
    /** {@code 1 - cos(a, b)}, within 0 and 2; vectors of zeros have none. */
    COSINE,
    /** {@code -(a . b)}: the larger the inner product, the nearer. */
    DOT,
    /** The Euclidean distance. */
    L2
}
