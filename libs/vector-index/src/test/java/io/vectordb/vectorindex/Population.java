package io.vectordb.vectorindex;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The records of an index, some of which are in it, and their nodes; replaced at random. */
final class Population {

    private final float[][] vectors;
    private final SplittableRandom random;
    /** The records, those in the index first. */
    private final int[] records;

    private final int[] nodes;
    final GrowingVectorIndex index;
    final int size;

    /** Adds the first half of some vectors. */
    Population(Metric metric, float[][] vectors, SplittableRandom random) {
        this.vectors = vectors;
        this.random = random;
        records = IntStream.range(0, vectors.length).toArray();
        nodes = new int[vectors.length];
        size = vectors.length / 2;
        index = TestVectors.empty(metric, vectors[0].length);
        for (int i = 0; i < size; i++) {
            nodes[i] = index.add(i, vectors[i]);
        }
    }

    /** Replaces so many of the records in the index by others, one after the other. */
    void replace(int count) {
        for (int i = 0; i < count; i++) {
            int in = random.nextInt(size);
            int out = size + random.nextInt(vectors.length - size);
            if (!index.remove(nodes[records[in]])) {
                throw new AssertionError("record " + records[in] + " was not there");
            }
            int record = records[out];
            records[out] = records[in];
            records[in] = record;
            nodes[record] = index.add(record, vectors[record]);
        }
    }

    /** An index built of the records that are in this one now. */
    GrowingVectorIndex fresh() {
        GrowingVectorIndex fresh = TestVectors.empty(index.metric(), index.dimension());
        for (int i = 0; i < size; i++) {
            fresh.add(records[i], vectors[records[i]]);
        }
        return fresh;
    }
}
