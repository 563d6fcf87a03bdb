package io.vectordb.indexnode;

import io.grpc.Context;
import io.grpc.Deadline;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.segment.SegmentView;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for a view that is fresh enough, without holding a thread. */
final class ViewWait {

    private static final long DEFAULT_MILLIS = 10_000;
    /** Left of the deadline for the search itself and the way back. */
    private static final long RESERVE_MILLIS = 50;

    private static final long CHECK_MILLIS = 10;

    private ViewWait() {}

    /**
     * Done with a view as fresh as asked for, or failed with {@code STALE} and the position that was reached; with {@code
     * STARTING} at once when the caller would rather ask another node than one that has yet to catch up.
     */
    static CompletableFuture<SegmentView> await(ShardFollower follower, Freshness freshness) {
        if (freshness.getUnlessStarting() && follower.isBuilding()) {
            return CompletableFuture.failedFuture(starting(follower));
        }
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis());
        return confirmed(follower, freshness, endNanos).thenCompose(ready -> reached(follower, freshness, endNanos));
    }

    /** Waits until the feed was confirmed no longer ago than asked for. */
    private static CompletableFuture<Void> confirmed(ShardFollower follower, Freshness freshness, long endNanos) {
        long now = System.nanoTime();
        long staleness = TimeUnit.MICROSECONDS.toNanos(freshness.getMaxStalenessMicros());
        if (staleness == 0 || follower.isConfirmedSince(now - staleness)) {
            return CompletableFuture.completedFuture(null);
        }
        if (now - endNanos >= 0) {
            return CompletableFuture.failedFuture(stale(follower, freshness));
        }
        return CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(CHECK_MILLIS, TimeUnit.MILLISECONDS))
                .thenCompose(later -> confirmed(follower, freshness, endNanos));
    }

    private static CompletableFuture<SegmentView> reached(ShardFollower follower, Freshness freshness, long endNanos) {
        return follower.viewAt(freshness.getMinSeq())
                .orTimeout(Math.max(1, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(e ->
                        CompletableFuture.failedFuture(e instanceof TimeoutException ? stale(follower, freshness) : e));
    }

    private static long waitMillis() {
        Deadline deadline = Context.current().getDeadline();
        long left = deadline == null ? DEFAULT_MILLIS : deadline.timeRemaining(TimeUnit.MILLISECONDS);
        return Math.max(1, left - RESERVE_MILLIS);
    }

    private static VectorDbException starting(ShardFollower follower) {
        return new VectorDbException(
                ErrorCode.STARTING,
                "the view is being made: " + follower.progress(),
                Map.of("shard", follower.shard().getName()));
    }

    private static VectorDbException stale(ShardFollower follower, Freshness freshness) {
        long reached = follower.view().map(SegmentView::watermark).orElse(0L);
        String shard = follower.shard().getName();
        String asked = freshness.getMaxStalenessMicros() > 0
                ? "no older than " + freshness.getMaxStalenessMicros() / 1_000 + " ms"
                : "at " + freshness.getMinSeq();
        return new VectorDbException(
                ErrorCode.STALE,
                "the index of " + shard + " is at " + reached + ", the request asked for a view " + asked,
                Map.of("shard", shard, "reached", Long.toString(reached)));
    }
}
