package io.vectordb.benchmarks.run;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The passes of all rounds with one beam. */
public record BeamResult(int ef, List<Pass> passes) {

    public BeamResult {
        passes = List.copyOf(passes);
    }

    public double qps() {
        return median(Pass::qps);
    }

    public double recall() {
        return median(Pass::recall);
    }

    public double p50Micros() {
        return median(Pass::p50Micros);
    }

    public double p99Micros() {
        return median(Pass::p99Micros);
    }

    /** How far the rates of the rounds lie apart: the highest over the lowest, less one. */
    public double spread() {
        double highest = passes.stream().mapToDouble(Pass::qps).max().orElse(Double.NaN);
        double lowest = passes.stream().mapToDouble(Pass::qps).min().orElse(Double.NaN);
        return highest / lowest - 1;
    }

    private double median(ToDoubleFunction<Pass> value) {
        return Statistics.median(passes.stream().mapToDouble(value).toArray());
    }
}
