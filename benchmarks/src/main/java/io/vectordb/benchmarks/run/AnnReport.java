package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Dataset;
import java.util.List;

/** What a comparison found. */
public record AnnReport(AnnOptions options, Dataset dataset, List<EngineResult> engines) {

    /** How many hits are asked for. */
    public static final int K = 10;

    /** At which recalls rates are given. */
    public static final List<Double> RECALLS = List.of(0.90, 0.95, 0.99);

    public AnnReport {
        engines = List.copyOf(engines);
    }
}
