package io.vectordb.benchmarks.data;

/** Scales vectors to unit length. */
final class Normalizer {

    private static final double TOLERANCE = 1e-5;

    private Normalizer() {}

    static double length(float[] vector) {
        double sum = 0;
        for (float component : vector) {
            sum += (double) component * component;
        }
        return Math.sqrt(sum);
    }

    /** Leaves a vector of zeros as it is. */
    static void normalize(float[] vector) {
        double length = length(vector);
        if (length > 0) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (vector[i] / length);
            }
        }
    }

    static boolean isNormalized(VectorFile file) {
        float[] vector = new float[file.dimension()];
        for (int i = 0; i < file.size(); i++) {
            file.copy(i, vector);
            if (Math.abs(length(vector) - 1) > TOLERANCE) {
                return false;
            }
        }
        return true;
    }
}
