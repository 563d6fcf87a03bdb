package io.vectordb.vectorindex;

import io.vectordb.vectorindex.quantization.Quantizer;

/** The mean of stored vectors, which their codes are relative to; under cosine that of the unit vectors. */
final class Centroid {

    /** Vectors that are enough for a mean as good as that of all. */
    private static final int SAMPLE = 100_000;

    private Centroid() {}

    /** The mean of the first {@code count} of these nodes, or of an even sample of them when they are many. */
    static float[] of(VectorStore store, int[] nodes, int count) {
        float[] vector = new float[store.dimension()];
        double[] sums = new double[vector.length];
        int step = Math.max(1, count / SAMPLE);
        int taken = 0;
        for (int i = 0; i < count; i += step) {
            store.get(nodes[i], vector);
            double scale = store.metric() == Metric.COSINE ? inverseNorm(vector) : 1;
            for (int j = 0; j < vector.length; j++) {
                sums[j] += vector[j] * scale;
            }
            taken++;
        }
        float[] centroid = new float[vector.length];
        for (int j = 0; j < vector.length && taken > 0; j++) {
            centroid[j] = (float) (sums[j] / taken);
        }
        return centroid;
    }

    /** 0 for zeros, which a short encoding leaves of a vector that is nearly that. */
    private static double inverseNorm(float[] vector) {
        double squaredNorm = Vectors.dot(vector, vector, vector.length);
        return squaredNorm > 0 ? 1 / Math.sqrt(squaredNorm) : 0;
    }

    static Quantizer.Distance distance(Metric metric) {
        return switch (metric) {
            case COSINE -> Quantizer.Distance.COSINE;
            case DOT -> Quantizer.Distance.DOT;
            case L2 -> Quantizer.Distance.SQUARED_L2;
        };
    }
}
