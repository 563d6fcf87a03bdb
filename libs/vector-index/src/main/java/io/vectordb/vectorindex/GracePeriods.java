package io.vectordb.vectorindex;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells when all that was under way at some moment has ended, without making anybody wait: what epoch-based reclamation
 * and user-space RCU (Desnoyers et al., 2012) do with counters of two phases.
 *
 * <p>Whoever reads what may be taken away {@linkplain #enter enters} before and {@linkplain #leave leaves} after, each
 * at the cost of one atomic addition to a counter that hardly any other thread uses. Whoever takes away makes it
 * unreachable, {@linkplain #begin begins} a grace period, and may reuse it once {@link #isOver}.
 *
 * <p>Entering counts in the phase of the moment and then looks whether it still is; if not, it tries again. So nobody is
 * counted in an old phase, and one change of phase per grace period is enough: whoever was inside at the change is
 * counted in the old phase, and whoever enters later sees all that was written before the change.
 *
 * <p>Thread-safe; one grace period at a time.
 */
final class GracePeriods {

    /** Longs from one stripe to the next: two cache lines, as the processor fetches them in pairs. */
    private static final int STRIPE = 16;

    private static final int MAX_STRIPES = 64;

    private final int mask;
    private final AtomicLongArray inside;
    private volatile long phase;

    GracePeriods() {
        int processors = Math.min(MAX_STRIPES, Runtime.getRuntime().availableProcessors());
        int stripes = Integer.highestOneBit(2 * processors - 1);
        mask = stripes - 1;
        inside = new AtomicLongArray((stripes + 1) * STRIPE);
    }

    /** Begins to be under way; returns what to leave with. May be nested. */
    int enter() {
        int stripe = ((int) Thread.currentThread().threadId() & mask) * STRIPE + STRIPE / 2;
        while (true) {
            long current = phase;
            int counter = stripe + (int) (current & 1);
            inside.getAndIncrement(counter);
            if (phase == current) {
                return counter;
            }
            inside.getAndDecrement(counter);
        }
    }

    /** Ends being under way, on whatever thread. */
    void leave(int counter) {
        inside.getAndDecrement(counter);
    }

    /** Begins a grace period; the one before must be over. */
    void begin() {
        phase = phase + 1;
    }

    /** Whether all that had entered when the grace period began have left. */
    boolean isOver() {
        int old = (int) (phase - 1 & 1);
        for (int counter = STRIPE / 2 + old; counter < inside.length(); counter += STRIPE) {
            if (inside.get(counter) != 0) {
                return false;
            }
        }
        return true;
    }
}
