package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.function.BooleanSupplier;

/** Counts the vectors that a search compares and asks, every few hundred, whether to go on. */
final class CancellationCheck {

    private static final int INTERVAL = 512;

    private final BooleanSupplier cancelled;
    private int visited;
    private int next = INTERVAL;

    CancellationCheck(BooleanSupplier cancelled) {
        this.cancelled = cancelled;
    }

    /**
     * Counts so many more.
     *
     * @throws VectorDbException {@code CANCELLED} when the search is to end
     */
    void visit(int count) {
        visited += count;
        if (visited >= next) {
            next = visited + INTERVAL;
            if (cancelled.getAsBoolean()) {
                throw new VectorDbException(
                        ErrorCode.CANCELLED, "the search was cancelled after " + visited + " vectors");
            }
        }
    }

    int visited() {
        return visited;
    }
}
