package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.function.BooleanSupplier;

/** Counts the vectors that a search compares and asks, every few hundred, whether to go on. */
final class CancellationCheck {

    private static final int INTERVAL = 512;
    private static final BooleanSupplier NEVER = () -> false;

    private BooleanSupplier cancelled;
    private int visited;
    private int next = INTERVAL;

    /** For work that is not cancelled. */
    CancellationCheck() {
        this(NEVER);
    }

    CancellationCheck(BooleanSupplier cancelled) {
        this.cancelled = cancelled;
    }

    /** Counts from 0 for another search. */
    CancellationCheck begin(BooleanSupplier other) {
        cancelled = other;
        visited = 0;
        next = INTERVAL;
        return this;
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
            ask();
        }
    }

    /**
     * Asks at once.
     *
     * @throws VectorDbException {@code CANCELLED} when the search is to end
     */
    void ask() {
        if (cancelled.getAsBoolean()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the search was cancelled after " + visited + " vectors");
        }
    }

    int visited() {
        return visited;
    }
}
