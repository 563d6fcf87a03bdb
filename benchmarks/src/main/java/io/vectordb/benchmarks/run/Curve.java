package io.vectordb.benchmarks.run;

import java.util.List;
import java.util.Optional;

/** Recall against queries per second, in the order of growing beams, and what lies between the points measured. */
public record Curve(List<Point> points) {

    public Curve {
        points = List.copyOf(points);
    }

    /** @param qps queries per second */
    public record Point(double recall, double qps) {}

    /**
     * The rate at a recall.
     *
     * @param atLeast whether even the narrowest beam has a higher recall, so that a rate at the recall asked for may be
     *     higher still
     */
    public record Rate(double qps, boolean atLeast) {}

    /**
     * The rate at which the curve reaches this recall: between the neighbouring points the logarithm of the rate is
     * taken as linear in recall. Empty when no beam reaches it.
     */
    public Optional<Rate> at(double recall) {
        for (int i = 0; i < points.size(); i++) {
            Point point = points.get(i);
            if (point.recall() < recall) {
                continue;
            }
            if (i == 0) {
                return Optional.of(new Rate(point.qps(), point.recall() > recall));
            }
            Point before = points.get(i - 1);
            double part = (recall - before.recall()) / (point.recall() - before.recall());
            double log = Math.log(before.qps()) + part * (Math.log(point.qps()) - Math.log(before.qps()));
            return Optional.of(new Rate(Math.exp(log), false));
        }
        return Optional.empty();
    }
}
