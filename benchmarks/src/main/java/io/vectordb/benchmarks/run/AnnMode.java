package io.vectordb.benchmarks.run;

/** What a run of {@code bench ann} looks into. */
public enum AnnMode {
    /** All engines beside each other. */
    COMPARE,
    /** Ours under filters. */
    FILTERED,
    /** Ours while it grows. */
    CONCURRENT,
    /** Ours after many replacements. */
    CHURN
}
