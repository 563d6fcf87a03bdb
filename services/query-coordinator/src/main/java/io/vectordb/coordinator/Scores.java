package io.vectordb.coordinator;

import io.vectordb.v1.VectorOptions;

/** Distances, of which the smaller is nearer, as scores, of which the larger is better. */
final class Scores {

    private Scores() {}

    static double score(VectorOptions.Metric metric, double distance) {
        return switch (metric) {
            case COSINE, METRIC_UNSPECIFIED, UNRECOGNIZED -> 1 - distance;
            case DOT -> -distance;
            case L2 -> 1 / (1 + distance);
        };
    }
}
