package io.vectordb.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Random vectors and small data sets of them. */
public final class TestData {

    private TestData() {}

    public static float[][] vectors(Random random, int count, int dimension) {
        float[][] vectors = new float[count][dimension];
        for (float[] vector : vectors) {
            for (int i = 0; i < dimension; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }
        return vectors;
    }

    public static VectorFile write(Path path, float[][] vectors) throws IOException {
        try (VectorFileWriter writer = new VectorFileWriter(path, vectors[0].length)) {
            for (float[] vector : vectors) {
                writer.add(vector);
            }
            writer.commit();
        }
        return VectorFile.open(path);
    }

    /** A set with exact neighbours, in a folder of its own. */
    public static Dataset dataset(Path folder, Random random, int size, int queries, Similarity similarity)
            throws IOException {
        TestData.write(folder.resolve("base.fvecs"), vectors(random, size, 24));
        TestData.write(folder.resolve("query.fvecs"), vectors(random, queries, 24));
        return Datasets.resolve(
                new DatasetRequest(folder.toString(), null, similarity, folder, folder.resolve("cache")), line -> {});
    }
}
