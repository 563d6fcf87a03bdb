package io.vectordb.benchmarks.data;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;

/** What makes two vectors near, in the words all engines are told. */
public enum Similarity {
    /** By direction. Vectors are scaled to unit length before any engine sees them, so that it is an inner product. */
    COSINE("cosine"),
    /** By Euclidean distance. */
    L2("l2"),
    /** By inner product of the vectors as they are. */
    DOT("dot");

    private final String word;

    Similarity(String word) {
        this.word = word;
    }

    /** The word of options, files and the protocol. */
    public String word() {
        return word;
    }

    public static Similarity parse(String word) {
        for (Similarity similarity : values()) {
            if (similarity.word.equals(word)) {
                return similarity;
            }
        }
        throw new VectorDbException(
                ErrorCode.INVALID_VALUE, "expected a metric of cosine, l2 or dot, received " + word);
    }

    /** The distance in double precision, up to what does not change the order: the negative product or the square. */
    double exactDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += this == L2 ? difference * difference : -(double) a[i] * b[i];
        }
        return sum;
    }
}
