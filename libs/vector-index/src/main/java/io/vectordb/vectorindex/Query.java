package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * The vector that others are compared with, prepared for it; reused from search to search by one thread.
 *
 * <p>The walk uses float32; {@link #distance} computes what is reported, in double precision.
 */
final class Query {

    /** Half a unit in the last place of a float: the relative error of one operation. */
    private static final double UNIT_ROUNDOFF = 0x1.0p-24;

    private final float[] sums = new float[VectorKernels.SUMS];
    private float[] values = {};
    private float[] other = {};
    private double squaredNorm;
    private float inverseNorm;

    /** Prepares for a valid vector from outside. */
    void prepare(VectorStore store, float[] vector) {
        ensure(store);
        System.arraycopy(vector, 0, values, 0, store.dimension());
        squaredNorm = Vectors.dot(values, values, store.dimension());
        inverseNorm = VectorStore.safeInverseNorm(squaredNorm);
    }

    /** Prepares for a stored vector. */
    void prepare(VectorStore store, int node) {
        ensure(store);
        store.get(node, values);
        squaredNorm = Double.NaN;
        inverseNorm = store.metric() == Metric.COSINE ? store.inverseNorm(node) : 0;
    }

    /** The vector, padded with zeros to the stride of the store. */
    float[] values() {
        return values;
    }

    float[] sums() {
        return sums;
    }

    /** The inverse norm, or 0 where only double precision will do. */
    float inverseNorm() {
        return inverseNorm;
    }

    /** The distance to a node as it is reported, in the meaning of the metric. */
    double distance(VectorStore store, int node) {
        int dimension = store.dimension();
        store.get(node, other);
        return switch (store.metric()) {
            case COSINE -> {
                double norms = Math.sqrt(squaredNorm(dimension) * Vectors.dot(other, other, dimension));
                yield Math.max(0, 1 - Vectors.dot(values, other, dimension) / norms);
            }
            case DOT -> 0 - Vectors.dot(values, other, dimension);
            case L2 -> Math.sqrt(Vectors.squaredL2(values, other, dimension));
        };
    }

    /**
     * A walk distance above which no reported distance can be {@code distance} or less, whatever the rounding: an upper
     * bound of the error of a float32 sum of that many terms (Higham, 2002, section 3.1), doubled.
     */
    float walkBound(VectorStore store, double distance) {
        int dimension = store.dimension();
        double error = 2 * (dimension + 8) * UNIT_ROUNDOFF;
        double underflow = dimension * (double) Float.MIN_VALUE;
        double bound = switch (store.metric()) {
            case COSINE -> distance + error;
            case DOT -> distance + error * Math.sqrt(squaredNorm(dimension)) * store.maxNorm() + underflow;
            case L2 -> distance * distance * (1 + error) + underflow;
        };
        return Math.nextUp((float) bound);
    }

    private double squaredNorm(int dimension) {
        if (Double.isNaN(squaredNorm)) {
            squaredNorm = Vectors.dot(values, values, dimension);
        }
        return squaredNorm;
    }

    private void ensure(VectorStore store) {
        if (values.length < store.stride()) {
            values = new float[store.stride()];
            other = new float[store.stride()];
        }
        Arrays.fill(values, store.dimension(), store.stride(), 0);
    }
}
