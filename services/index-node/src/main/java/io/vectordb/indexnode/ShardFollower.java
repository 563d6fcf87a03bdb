package io.vectordb.indexnode;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.segment.GrowingSegment;
import io.vectordb.segment.SegmentView;
import io.vectordb.segment.VectorFieldSpec;
import io.vectordb.vectorindex.MemoryBudget;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the view of one shard: reads all its records once, then follows its change feed, on a thread of its own.
 *
 * <p>A view is served only when it was complete up to some position; from then on it only grows. When the feed no longer
 * reaches back to where this follower stands it begins anew, and serves the old view until the new one is complete; so it
 * does when the memory for vectors is used up, and tries again now and then. A shard that takes no more leases of its feed
 * is followed without one.
 */
final class ShardFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardFollower.class);
    private static final long PAUSE_NANOS = 200_000_000;
    /** Memory that is used up is not free again in a moment. */
    private static final long NO_MEMORY_PAUSE_NANOS = 5_000_000_000L;

    private static final long NO_MEMORY_LONGEST_PAUSE_NANOS = 320_000_000_000L;

    /** How often the follower makes sure that it reads at the leader, where changes are known first. */
    private static final long LEADER_CHECK_NANOS = 5_000_000_000L;

    /** How often the lease of the feed is moved on: an entry of the shard's log each time. */
    private static final long LEASE_MOVE_NANOS = 60_000_000_000L;

    private final ShardState shard;
    private final List<VectorFieldSpec> specs;
    private final MemoryBudget budget;
    private final ShardFeed feed;
    private final Thread thread;
    private final AtomicLong rowsLoaded = new AtomicLong();
    private volatile long rowsExpected;
    /** Of the follower's thread. */
    private long noMemoryPauseNanos = NO_MEMORY_PAUSE_NANOS;

    /** What the shard had when this follower began: before the view has it, it is still being rebuilt. */
    private volatile long target = Long.MAX_VALUE;

    private final ConcurrentSkipListMap<Waiter, CompletableFuture<SegmentView>> waiters = new ConcurrentSkipListMap<>();
    private final AtomicLong waiterIds = new AtomicLong();
    private volatile Optional<SegmentView> view = Optional.empty();
    private volatile long confirmedAtNanos = Long.MIN_VALUE;
    private volatile boolean closed;
    private volatile boolean closedForGood;
    /** Of the follower's thread. */
    private boolean leaseRefused;

    private record Waiter(long seq, long id) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            int bySeq = Long.compare(seq, other.seq);
            return bySeq != 0 ? bySeq : Long.compare(id, other.id);
        }
    }

    /** @param budget of the memory of vectors and graphs */
    ShardFollower(ShardState shard, List<VectorFieldSpec> specs, MemoryBudget budget, ShardFeed feed) {
        this.shard = shard;
        this.specs = specs;
        this.budget = budget;
        this.feed = feed;
        this.thread =
                Thread.ofPlatform().daemon().name("follow-" + shard.getName()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    ShardState shard() {
        return shard;
    }

    /** The newest complete view, or nothing before the first. */
    Optional<SegmentView> view() {
        return view;
    }

    /** Whether the view has not yet had everything that the shard had when this follower began. */
    boolean isBuilding() {
        return view.isEmpty() || view.get().watermark() < target;
    }

    /** While the view is being built: how many records are in it, and how many there will be, about. */
    String progress() {
        return shard.getName() + ": " + rowsLoaded.get() + " of " + rowsExpected + " records";
    }

    /** Records and changes taken in since the view was begun. */
    long rowsLoaded() {
        return rowsLoaded.get();
    }

    /** Whether everything that the shard had at {@code sinceNanos} ({@link System#nanoTime()}) is in the view. */
    boolean isConfirmedSince(long sinceNanos) {
        long confirmed = confirmedAtNanos;
        return confirmed != Long.MIN_VALUE && confirmed - sinceNanos >= 0;
    }

    /**
     * The first view that reaches {@code seq}; done at once when there is one. It may never be done; it fails with
     * {@code SHARD_UNAVAILABLE} when this follower closes.
     */
    CompletableFuture<SegmentView> viewAt(long seq) {
        Optional<SegmentView> current = view;
        if (current.isPresent() && current.get().watermark() >= seq) {
            return CompletableFuture.completedFuture(current.get());
        }
        Waiter waiter = new Waiter(seq, waiterIds.incrementAndGet());
        CompletableFuture<SegmentView> future = new CompletableFuture<>();
        waiters.put(waiter, future);
        future.whenComplete((done, error) -> waiters.remove(waiter));
        // The view may have moved between the look and the entry into the list.
        view.filter(now -> now.watermark() >= seq).ifPresent(future::complete);
        if (closed) {
            future.completeExceptionally(closedFailure());
        }
        return future;
    }

    private void run() {
        followUntilClosed();
        if (closedForGood) {
            release();
        }
    }

    /** Else it would hold the changes back for as long as the lease lasts. */
    private void release() {
        // Closing interrupted what this thread waited for, not this.
        Thread.interrupted();
        try {
            feed.release();
        } catch (RuntimeException e) {
            LOG.debug("{}: the lease of its feed was not given back: {}", shard.getName(), e.toString());
        }
    }

    private void followUntilClosed() {
        while (!closed) {
            try (GrowingSegment segment = new GrowingSegment(specs, budget)) {
                long newest = feed.position();
                rowsExpected = feed.records();
                target = Math.min(target, newest);
                follow(segment, load(segment));
            } catch (VectorDbException e) {
                if (closed) {
                    return;
                }
                LOG.warn("{}: begins anew: {}", shard.getName(), e.getMessage());
                LockSupport.parkNanos(e.code() == ErrorCode.MEMORY_LIMIT ? noMemoryPause() : PAUSE_NANOS);
            } catch (RuntimeException | OutOfMemoryError e) {
                // Memory off the heap runs out without the process ending of it.
                if (closed) {
                    return;
                }
                LOG.error("{}: begins anew", shard.getName(), e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Longer from time to time: what is given back is free only when the garbage collector has been there. */
    private long noMemoryPause() {
        noMemoryPauseNanos = Math.min(NO_MEMORY_LONGEST_PAUSE_NANOS, 2 * noMemoryPauseNanos);
        return noMemoryPauseNanos;
    }

    /** Reads every record as of one position, which it answers. */
    private long load(GrowingSegment segment) {
        rowsLoaded.set(0);
        long asOf = 0;
        ByteString after = ByteString.EMPTY;
        do {
            ScanResponse page = feed.scan(asOf, after);
            if (asOf == 0) {
                // However long the rest takes, and whatever is written meanwhile.
                hold(page.getAsOfSeq());
            }
            asOf = page.getAsOfSeq();
            for (ScannedRecord scanned : page.getRecordsList()) {
                VersionedRecord record = scanned.getRecord();
                segment.apply(
                        record.getSeq(), record.getKey(), record.getRecord().getFields());
                rowsLoaded.incrementAndGet();
            }
            after = page.getNext();
        } while (!after.isEmpty() && !closed);
        return asOf;
    }

    /** Without a lease the changes are kept for as long as for anybody, which is long enough for who keeps up. */
    private void hold(long position) {
        try {
            feed.hold(position);
            leaseRefused = false;
        } catch (VectorDbException e) {
            if (e.code() != ErrorCode.LIMIT_EXCEEDED) {
                throw e;
            }
            if (!leaseRefused) {
                LOG.warn("{}: followed without a lease of its feed: {}", shard.getName(), e.getMessage());
            }
            leaseRefused = true;
        }
    }

    private void follow(GrowingSegment segment, long from) {
        long position = from;
        long leaderCheckedAt = System.nanoTime();
        long leaseMovedAt = leaderCheckedAt;
        while (!closed) {
            long askedAt = System.nanoTime();
            TailResponse response;
            try {
                if (askedAt - leaderCheckedAt > LEADER_CHECK_NANOS) {
                    feed.position();
                    leaderCheckedAt = askedAt;
                }
                if (askedAt - leaseMovedAt > LEASE_MOVE_NANOS) {
                    hold(position);
                    leaseMovedAt = askedAt;
                }
                response = feed.tail(position);
            } catch (VectorDbException e) {
                if (e.code() == ErrorCode.RESYNC) {
                    throw e;
                }
                LOG.debug("{}: {}", shard.getName(), e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);
                continue;
            }
            for (FeedEntry entry : response.getEntriesList()) {
                segment.apply(
                        entry.getSeq(),
                        entry.getKey(),
                        entry.hasRecord() ? entry.getRecord().getFields() : null);
                rowsLoaded.incrementAndGet();
            }
            position = Math.max(position, response.getConfirmedSeq());
            if (view.isEmpty() || position >= view.get().watermark()) {
                publish(segment, position, askedAt);
            }
        }
    }

    private void publish(GrowingSegment segment, long position, long askedAt) {
        segment.publish(position);
        SegmentView next = segment.view();
        if (view.isEmpty()) {
            LOG.info("{}: serves {} records", shard.getName(), next.records());
        }
        view = Optional.of(next);
        confirmedAtNanos = askedAt;
        waiters.headMap(new Waiter(position, Long.MAX_VALUE), true).values().forEach(future -> future.complete(next));
    }

    /** Closes, and gives back the lease of the feed: nobody here goes on with this shard. */
    void closeForGood() {
        closedForGood = true;
        close();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        waiters.values().forEach(future -> future.completeExceptionally(closedFailure()));
    }

    private VectorDbException closedFailure() {
        return new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE, "this index node does not serve shard " + shard.getName() + " any more");
    }
}
