package io.vectordb.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Heights of labels beside the ends of lines: near their lines, in their order, and not upon each other. */
final class PlotLabels {

    private PlotLabels() {}

    /** Moves the heights apart to at least {@code gap}, within the limits as far as there is room. */
    static double[] spread(double[] heights, double gap, double top, double bottom) {
        List<Integer> order = IntStream.range(0, heights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> heights[i]))
                .toList();
        double[] placed = new double[heights.length];
        double least = top;
        for (int i : order) {
            placed[i] = Math.max(heights[i], least);
            least = placed[i] + gap;
        }
        double most = bottom;
        for (int i : order.reversed()) {
            placed[i] = Math.min(placed[i], most);
            most = placed[i] - gap;
        }
        return placed;
    }
}
