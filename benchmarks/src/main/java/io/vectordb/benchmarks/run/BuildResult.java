package io.vectordb.benchmarks.run;

import java.util.List;

/**
 * The builds with one number of threads.
 *
 * @param searchBytes what a walk touches, by the library's account
 * @param rescoreBytes floats that lie apart, for the last candidates
 * @param anonymousBytes of the whole process after the build; garbage of a JVM included
 */
public record BuildResult(int threads, List<Double> seconds, long searchBytes, long rescoreBytes, long anonymousBytes) {

    public BuildResult {
        seconds = List.copyOf(seconds);
    }

    public double medianSeconds() {
        return Statistics.median(seconds);
    }
}
