package io.vectordb.benchmarks.run;

import java.util.Arrays;
import java.util.Collection;

/** Medians. */
public final class Statistics {

    private Statistics() {}

    /** The middle value, or the mean of the two in the middle; not a number when there is none. */
    public static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static double median(Collection<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
