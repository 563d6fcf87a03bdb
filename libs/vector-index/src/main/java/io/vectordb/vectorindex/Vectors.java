package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;

/** What a vector must be like, and its arithmetic in double precision. */
public final class Vectors {

    private Vectors() {}

    /**
     * Checks a vector that is to be stored or searched for.
     *
     * @throws VectorDbException {@code DIMENSION_MISMATCH}, {@code NON_FINITE_VECTOR}, or under cosine
     *     {@code ZERO_VECTOR}
     */
    public static void validate(Metric metric, int dimension, float[] vector) {
        if (vector.length != dimension) {
            throw new VectorDbException(
                    ErrorCode.DIMENSION_MISMATCH,
                    "expected dimension " + dimension + ", received " + vector.length,
                    Map.of("expected", Integer.toString(dimension), "received", Integer.toString(vector.length)));
        }
        boolean zero = true;
        for (int i = 0; i < dimension; i++) {
            float component = vector[i];
            if (!Float.isFinite(component)) {
                throw new VectorDbException(
                        ErrorCode.NON_FINITE_VECTOR,
                        "expected finite components, received " + component + " at index " + i,
                        Map.of("index", Integer.toString(i), "received", Float.toString(component)));
            }
            zero &= component == 0;
        }
        if (zero && metric == Metric.COSINE) {
            throw new VectorDbException(
                    ErrorCode.ZERO_VECTOR,
                    "expected a vector with a direction, received " + dimension + " zeros",
                    Map.of("dimension", Integer.toString(dimension)));
        }
    }

    /**
     * The inner product in double precision. The order of the sums is fixed, and the product of two floats is exact in
     * a double, so the value is the same wherever it is computed; it can neither overflow nor underflow.
     */
    static double dot(float[] a, float[] b, int length) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            sum0 += (double) a[i] * b[i];
            sum1 += (double) a[i + 1] * b[i + 1];
            sum2 += (double) a[i + 2] * b[i + 2];
            sum3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < length; i++) {
            sum0 += (double) a[i] * b[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /**
     * {@code 1 - cos(a, b)} in double precision, in one pass: the products are those of {@link #dot}.
     *
     * @param squaredNorm {@code dot(a, a)}
     */
    static double cosineDistance(float[] a, double squaredNorm, float[] b, int length) {
        double dot0 = 0;
        double dot1 = 0;
        double dot2 = 0;
        double dot3 = 0;
        double square0 = 0;
        double square1 = 0;
        double square2 = 0;
        double square3 = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            double b0 = b[i];
            double b1 = b[i + 1];
            double b2 = b[i + 2];
            double b3 = b[i + 3];
            dot0 += a[i] * b0;
            dot1 += a[i + 1] * b1;
            dot2 += a[i + 2] * b2;
            dot3 += a[i + 3] * b3;
            square0 += b0 * b0;
            square1 += b1 * b1;
            square2 += b2 * b2;
            square3 += b3 * b3;
        }
        for (; i < length; i++) {
            dot0 += (double) a[i] * b[i];
            square0 += (double) b[i] * b[i];
        }
        double dot = (dot0 + dot1) + (dot2 + dot3);
        double square = (square0 + square1) + (square2 + square3);
        // A vector that a coarse encoding has rounded to zero is at right angles to everything.
        return square == 0 || squaredNorm == 0 ? 1 : Math.max(0, 1 - dot / Math.sqrt(squaredNorm * square));
    }

    /** The squared Euclidean distance in double precision, in a fixed order like {@link #dot}. */
    static double squaredL2(float[] a, float[] b, int length) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i <= length - 4; i += 4) {
            double d0 = (double) a[i] - b[i];
            double d1 = (double) a[i + 1] - b[i + 1];
            double d2 = (double) a[i + 2] - b[i + 2];
            double d3 = (double) a[i + 3] - b[i + 3];
            sum0 += d0 * d0;
            sum1 += d1 * d1;
            sum2 += d2 * d2;
            sum3 += d3 * d3;
        }
        for (; i < length; i++) {
            double d = (double) a[i] - b[i];
            sum0 += d * d;
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }
}
