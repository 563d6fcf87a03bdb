package io.vectordb.rpc;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition instead of for a time. */
final class Await {

    /** What a busy machine may take; only a failure costs all of it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Await() {}

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in " + LIMIT);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
