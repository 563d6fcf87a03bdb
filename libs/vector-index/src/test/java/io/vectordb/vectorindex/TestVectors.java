package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Vectors to test with, random or real, and what is asked of results. */
final class TestVectors {

    private TestVectors() {}

    static float[] gaussian(SplittableRandom random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    static float[][] gaussians(SplittableRandom random, int count, int dimension) {
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = gaussian(random, dimension);
        }
        return vectors;
    }

    /** Vectors around some centres, as embeddings lie. */
    static float[][] clustered(SplittableRandom random, int count, int dimension, int clusters) {
        float[][] centres = gaussians(random, clusters, dimension);
        float[][] vectors = gaussians(random, count, dimension);
        for (float[] vector : vectors) {
            float[] centre = centres[random.nextInt(clusters)];
            for (int i = 0; i < dimension; i++) {
                vector[i] = centre[i] + 0.5f * vector[i];
            }
        }
        return vectors;
    }

    static GrowingVectorIndex empty(Metric metric, int dimension) {
        return new GrowingVectorIndex(
                metric, dimension, HnswParameters.defaults(), Quantization.INT4, MemoryBudget.unlimited());
    }

    /** An index of these vectors, whose ordinals are their places. */
    static GrowingVectorIndex index(Metric metric, float[][] vectors) {
        GrowingVectorIndex index = empty(metric, vectors[0].length);
        for (int i = 0; i < vectors.length; i++) {
            index.add(i, vectors[i]);
        }
        return index;
    }

    /** The mean recall of a walk against the exact search; also, that the distances of common hits are identical. */
    static double recall(VectorIndex index, float[][] queries, int k, int efSearch) {
        int found = 0;
        int wanted = 0;
        for (float[] query : queries) {
            SearchResult exact = index.searchExact(query, k, OrdinalFilter.ALL);
            SearchResult walked = index.search(query, k, efSearch, OrdinalFilter.ALL);
            wanted += exact.size();
            for (int i = 0; i < exact.size(); i++) {
                for (int j = 0; j < walked.size(); j++) {
                    if (exact.ordinals()[i] == walked.ordinals()[j]) {
                        assertThat(walked.distances()[j]).isEqualTo(exact.distances()[i]);
                        found++;
                    }
                }
            }
        }
        return (double) found / wanted;
    }

    /** The first vectors of an fvecs file of the shared data; skips the test where there is none. */
    static float[][] realVectors(String file, int limit) {
        int[][] rows = rows(file, limit);
        float[][] vectors = new float[rows.length][rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                vectors[i][j] = Float.intBitsToFloat(rows[i][j]);
            }
        }
        return vectors;
    }

    /** The first rows of an ivecs file, likewise. */
    static int[][] rows(String file, int limit) {
        Path path = Repository.sharedData("ann/" + file);
        try (FileChannel channel = FileChannel.open(path)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            int dimension = bytes.getInt(0);
            int count = (int) Math.min(limit, channel.size() / (Integer.BYTES * (dimension + 1L)));
            int[][] rows = new int[count][dimension];
            for (int[] row : rows) {
                bytes.getInt();
                bytes.asIntBuffer().get(row);
                bytes.position(bytes.position() + Integer.BYTES * dimension);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
