package io.vectordb.rpc;

import java.util.function.LongSupplier;

/**
 * How often calls may be repeated, all callers together: when a service cannot answer, repetitions must not become most of
 * what it gets. A bucket of {@value #MOST} tokens that fills by {@value #PER_SECOND} a second; each repetition takes one.
 * Thread-safe.
 */
final class RetryBudget {

    static final int MOST = 100;
    static final int PER_SECOND = 20;

    private static final double NANOS = 1e9;

    private final LongSupplier nanos;
    private double tokens = MOST;
    private long filledNanos;

    RetryBudget(LongSupplier nanos) {
        this.nanos = nanos;
        this.filledNanos = nanos.getAsLong();
    }

    /** Whether there is one more. */
    synchronized boolean take() {
        long now = nanos.getAsLong();
        tokens = Math.min(MOST, tokens + (now - filledNanos) / NANOS * PER_SECOND);
        filledNanos = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
