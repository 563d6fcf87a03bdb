package io.vectordb.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/**
 * Many vectors made of fewer real ones: each is a real vector plus Gaussian noise, scaled to unit length.
 *
 * <p>The noise has one standard deviation for all components, such that the cosine of a vector to the one it was made
 * of is about {@value #COSINE}: with unit vectors of dimension {@code d} and deviation {@code s} it is
 * {@code 1 / sqrt(1 + d s^2)}. The neighbourhoods are therefore not those of real passages: about as many near ones as
 * copies, all equally far from their origin.
 */
final class NoisyVectors {

    static final double COSINE = 0.8;

    private static final long SEED = 20_260_101;

    private NoisyVectors() {}

    static double deviation(int dimension) {
        return Math.sqrt((1 / (COSINE * COSINE) - 1) / dimension);
    }

    /** Writes {@code count} vectors; number {@code i} is made of the real vector {@code i % real.size()}. */
    static void write(VectorFile real, int count, Path out) throws IOException {
        Random random = new Random(SEED);
        double deviation = deviation(real.dimension());
        float[] vector = new float[real.dimension()];
        try (VectorFileWriter writer = new VectorFileWriter(out, real.dimension())) {
            for (int i = 0; i < count; i++) {
                real.copy(i % real.size(), vector);
                for (int d = 0; d < vector.length; d++) {
                    vector[d] += (float) (deviation * random.nextGaussian());
                }
                Normalizer.normalize(vector);
                writer.add(vector);
            }
            writer.commit();
        }
    }
}
