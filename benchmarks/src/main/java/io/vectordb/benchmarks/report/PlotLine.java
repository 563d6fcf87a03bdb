package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.run.Curve;

/** A curve of a plot and how it is drawn. */
record PlotLine(String label, boolean emphasised, String color, Marker marker, Curve curve) {

    /** Shapes beside colours, for who cannot tell these. */
    enum Marker {
        CIRCLE,
        SQUARE,
        DIAMOND,
        TRIANGLE
    }
}
