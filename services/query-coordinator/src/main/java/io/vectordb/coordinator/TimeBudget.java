package io.vectordb.coordinator;

import io.grpc.Context;
import io.grpc.Deadline;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How much time a call has left: the smaller of what it named and of the deadline of its gRPC call. */
final class TimeBudget {

    private final long endNanos;

    private TimeBudget(long endNanos) {
        this.endNanos = endNanos;
    }

    /** The budget of a call that begins now, on the thread that gRPC called. */
    static TimeBudget start(boolean named, com.google.protobuf.Duration timeout, CoordinatorProperties properties) {
        Duration work = named ? Duration.ofSeconds(timeout.getSeconds(), timeout.getNanos()) : properties.timeout();
        if (!work.isPositive() || work.compareTo(properties.maxTimeout()) > 0) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "timeout: expected more than 0 s and at most "
                            + properties.maxTimeout().toSeconds() + " s, received " + work);
        }
        long nanos = work.toNanos();
        Deadline deadline = Context.current().getDeadline();
        if (deadline != null) {
            nanos = Math.min(nanos, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        }
        return new TimeBudget(System.nanoTime() + nanos);
    }

    /** What is left; at least a millisecond, so that a call made at the last moment still fails by its deadline. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
    }

    boolean isSpent() {
        return System.nanoTime() >= endNanos;
    }
}
