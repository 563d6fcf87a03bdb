package io.vectordb.segmentstore.grpc;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.concurrent.locks.LockSupport;

/** Counts failures in a row without progress, and pauses after each for longer and longer. One thread. */
final class Attempts {

    private final TransferSettings settings;
    private long progress = -1;
    private int failures;

    Attempts(TransferSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns when it is time to try again.
     *
     * @param offset how far the transfer is; more than at any failure before begins the count anew
     * @throws VectorDbException the failure itself when it was tried often enough
     */
    void failed(RemoteFailure remote, long offset) {
        if (offset > progress) {
            progress = offset;
            failures = 0;
        }
        failures++;
        if (failures >= settings.attempts()) {
            throw remote.failure();
        }
        long until = System.nanoTime() + (settings.retryPause().toNanos() << (failures - 1));
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new VectorDbException(ErrorCode.CANCELLED, "interrupted between attempts", remote);
            }
            LockSupport.parkNanos(left);
        }
    }

    /** Whether the same node would say the same again. */
    static boolean isFinal(ErrorCode code) {
        return switch (code.category()) {
            case CORRUPT -> true;
            case EXHAUSTED -> code == ErrorCode.DISK_FULL;
            case UNAVAILABLE -> code == ErrorCode.SEGMENT_NOT_FOUND;
            // A chunk damaged on the way, and an offset that is not the right one any more, are invalid values.
            case USER -> code != ErrorCode.INVALID_VALUE;
            case CONFLICT, INTERNAL -> false;
        };
    }
}
