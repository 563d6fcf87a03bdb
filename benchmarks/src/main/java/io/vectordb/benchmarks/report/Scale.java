package io.vectordb.benchmarks.report;

/** Maps an interval of values to an interval of pixels, linearly in a transformed value. */
record Scale(double lowest, double highest, double from, double to) {

    /** Recalls above this are drawn at it: errors beyond cannot be told with a thousand queries or so. */
    static final double HIGHEST_RECALL = 0.9995;

    static double ofRecall(double recall) {
        return -Math.log10(1 - Math.min(recall, HIGHEST_RECALL));
    }

    double at(double value) {
        return from + (value - lowest) / (highest - lowest) * (to - from);
    }
}
