package io.vectordb.indexnode;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.segment.SealedSegment;
import io.vectordb.segment.SegmentView;
import io.vectordb.segment.ShardIndex;
import io.vectordb.segment.VectorFieldSpec;
import io.vectordb.segmentstore.ContentHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the view of one shard: begins with the segments that are published, or with all records, then follows the change
 * feed, on a thread of its own.
 *
 * <p>A view is served only when it was complete up to some position; from then on it only grows. When the feed no longer
 * reaches back to where this follower stands it begins anew, and serves the old view until the new one is complete; so it
 * does when the memory for vectors is used up, and tries again now and then. A shard that takes no more leases of its feed is
 * followed without one.
 *
 * <p>Memory is bounded: while what was sealed waits to be written to files and there is no more room, nothing is taken in,
 * and the view stays where it is.
 */
final class ShardFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardFollower.class);
    private static final long PAUSE_NANOS = 200_000_000;
    private static final long FULL_PAUSE_NANOS = 200_000_000;
    private static final long SCHEMA_PAUSE_NANOS = 5_000_000;
    /** Memory that is used up is not free again in a moment. */
    private static final long NO_MEMORY_PAUSE_NANOS = 5_000_000_000L;

    private static final long NO_MEMORY_LONGEST_PAUSE_NANOS = 320_000_000_000L;

    /** How often the follower makes sure that it reads at the leader, where changes are known first. */
    private static final long LEADER_CHECK_NANOS = 5_000_000_000L;

    /** How often the lease of the feed is moved on: an entry of the shard's log each time. */
    private static final long LEASE_MOVE_NANOS = 60_000_000_000L;

    private final ShardState shard;
    private final IndexWork work;
    private final ShardFeed feed;
    private volatile IndexedFields fields;
    private final Thread thread;
    private final AtomicLong rowsLoaded = new AtomicLong();
    private volatile long rowsExpected;

    // ---- Of the follower's thread.
    private long noMemoryPauseNanos = NO_MEMORY_PAUSE_NANOS;
    private long position;
    private IndexedFields known;
    private TakeOver takeOver;
    private long growingSinceNanos;

    /** What the shard had when this follower began: before the view has it, it is still being rebuilt. */
    private volatile long target = Long.MAX_VALUE;

    private final ConcurrentSkipListMap<Waiter, CompletableFuture<SegmentView>> waiters = new ConcurrentSkipListMap<>();
    private final AtomicLong waiterIds = new AtomicLong();
    private final Queue<BuildRequest> builds = new ConcurrentLinkedQueue<>();
    private volatile Optional<SegmentView> view = Optional.empty();
    private volatile State state = State.EMPTY;
    private volatile Set<String> segmentIds = Set.of();
    private volatile long confirmedAtNanos = Long.MIN_VALUE;
    private final long madeAtNanos = System.nanoTime();
    private volatile boolean closed;
    private volatile long wanted;
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

    private record BuildRequest(long fromSeq, long toSeq, CompletableFuture<Optional<ShardIndex.Build>> answer) {}

    /**
     * What the index is made of.
     *
     * @param full whether no more is taken in until what is sealed is in files
     * @param growingRows rows, alive and dead, that are not sealed
     * @param growingRowBytes their size, without vectors
     * @param growingSinceNanos when the first of them may have come
     */
    record State(
            List<VectorFieldSpec> fields,
            boolean full,
            List<ShardIndex.Sealed> sealed,
            int growingRows,
            long growingRowBytes,
            long growingSinceNanos) {

        private static final State EMPTY = new State(List.of(), false, List.of(), 0, 0, System.nanoTime());
    }

    /** @param work what the node's followers share */
    ShardFollower(ShardState shard, IndexedFields fields, ShardFeed feed, IndexWork work) {
        this.shard = shard;
        this.fields = fields;
        this.known = fields;
        this.feed = feed;
        this.work = work;
        this.takeOver = newTakeOver();
        this.thread =
                Thread.ofPlatform().daemon().name("follow-" + shard.getName()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    ShardState shard() {
        return shard;
    }

    ShardFeed feed() {
        return feed;
    }

    /** The vector fields that records may have from now on. */
    void setFields(IndexedFields next) {
        fields = next;
    }

    /** The newest complete view, or nothing before the first. */
    Optional<SegmentView> view() {
        return view;
    }

    /** As of the newest view. */
    State state() {
        return state;
    }

    /** The published segments that the view has, or soon will. */
    Set<String> segmentIds() {
        return segmentIds;
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

    /** About how many there will be, as the storage node said when the view was begun. */
    long rowsExpected() {
        return rowsExpected;
    }

    /** Whether everything that the shard had at {@code sinceNanos} ({@link System#nanoTime()}) is in the view. */
    boolean isConfirmedSince(long sinceNanos) {
        long confirmed = confirmedAtNanos;
        return confirmed != Long.MIN_VALUE && confirmed - sinceNanos >= 0;
    }

    /** How long ago the feed was last confirmed to be in the view whole; before the first time, how old this follower is. */
    Duration sinceConfirmed() {
        long confirmed = confirmedAtNanos;
        return Duration.ofNanos(System.nanoTime() - (confirmed == Long.MIN_VALUE ? madeAtNanos : confirmed));
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

    /** A view at a position that has to be reached even when there is hardly room. */
    CompletableFuture<SegmentView> reach(long seq) {
        wanted = seq;
        return viewAt(seq);
    }

    /**
     * What is to be written as one segment of files; answered soon by the follower's thread.
     *
     * @return done with nothing when the range is not made of sealed segments here
     */
    CompletableFuture<Optional<ShardIndex.Build>> build(long fromSeq, long toSeq) {
        CompletableFuture<Optional<ShardIndex.Build>> answer = new CompletableFuture<>();
        builds.add(new BuildRequest(fromSeq, toSeq, answer));
        if (closed) {
            answer.completeExceptionally(closedFailure());
        }
        return answer;
    }

    private void answerBuilds(ShardIndex index) {
        for (BuildRequest next = builds.poll(); next != null; next = builds.poll()) {
            next.answer().complete(Optional.ofNullable(index.build(next.fromSeq(), next.toSeq())));
        }
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
            try {
                long newest = feed.position();
                rowsExpected = feed.records();
                target = Math.min(target, newest);
                try (ShardIndex index = load(newest)) {
                    follow(index);
                }
            } catch (VectorDbException e) {
                if (closed) {
                    return;
                }
                LOG.warn("{}: begins anew: {}", shard.getName(), e.getMessage());
                LockSupport.parkNanos(e.code() == ErrorCode.MEMORY_LIMIT ? noMemoryPause() : PAUSE_NANOS);
            } catch (RuntimeException | Error e) {
                // Memory off the heap runs out without the process ending of it, and a disk fails under a mapped file.
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
        System.gc();
        noMemoryPauseNanos = Math.min(NO_MEMORY_LONGEST_PAUSE_NANOS, 2 * noMemoryPauseNanos);
        return noMemoryPauseNanos;
    }

    private TakeOver newTakeOver() {
        return new TakeOver(
                shard.getName(),
                feed::segments,
                segment -> work.files().open(shard, new ContentHash(segment.getId()), work.filesBudget()),
                work.loading(),
                work.steps());
    }

    /** Begins with what is published, else with all records as of one position. */
    private ShardIndex load(long newest) {
        rowsLoaded.set(0);
        takeOver = newTakeOver();
        known = fields;
        ShardSegments published = feed.segments(newest);
        if (published.getSegmentsCount() > 0) {
            Optional<ShardIndex> index = open(published);
            if (index.isPresent()) {
                takeOver.begunWith(published);
                position = index.get().growingFromSeq();
                return index.get();
            }
        }
        takeOver.begunWithout(published);
        ShardIndex index = new ShardIndex(known.fields(), work.budget());
        try {
            position = scan(index);
            return index;
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
    }

    /** Nothing when the feed does not go back to them, or they cannot be had: they can do without. */
    private Optional<ShardIndex> open(ShardSegments published) {
        try {
            hold(published.getSegments(published.getSegmentsCount() - 1).getToSeq());
            List<SealedSegment> segments = new ArrayList<>();
            for (PublishedSegment each : published.getSegmentsList()) {
                segments.add(work.files().open(shard, new ContentHash(each.getId()), work.filesBudget()));
                rowsLoaded.addAndGet(each.getRecords());
            }
            return Optional.of(new ShardIndex(known.fields(), work.budget(), segments));
        } catch (VectorDbException e) {
            LOG.warn("{}: reads all records instead of what is published: {}", shard.getName(), e.getMessage());
            rowsLoaded.set(0);
            return Optional.empty();
        }
    }

    /** Reads every record as of one position, which it answers. */
    private long scan(ShardIndex index) {
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
                awaitSchema(record.getRecord().getSchemaVersion());
                if (!fields.equals(known)) {
                    throw new VectorDbException(ErrorCode.RESYNC, "the schema has changed meanwhile");
                }
                index.apply(record.getSeq(), record.getKey(), record.getRecord().getFields());
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

    private void follow(ShardIndex index) {
        long leaderCheckedAt = System.nanoTime();
        long leaseMovedAt = leaderCheckedAt;
        growingSinceNanos = leaderCheckedAt;
        while (!closed) {
            long askedAt = System.nanoTime();
            answerBuilds(index);
            if (takeOver.into(index, position) && isServable(index)) {
                publish(index, position, confirmedAtNanos);
                work.segmentsChanged().run();
            }
            if (isFull(index)) {
                waitForRoom();
                continue;
            }
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
            apply(index, response);
            takeOver.noticed(response.getGeneration(), position);
            if (isServable(index)) {
                publish(index, position, response.getMore() ? confirmedAtNanos : askedAt);
            }
            work.builder().consider(this);
        }
    }

    /** What frees memory is published elsewhere, and told by no answer of the feed while none is asked for. */
    private void waitForRoom() {
        LockSupport.parkNanos(FULL_PAUSE_NANOS);
        work.builder().consider(this);
        try {
            takeOver.noticed(feed.segments(0).getGeneration(), position);
        } catch (VectorDbException e) {
            LOG.debug("{}: {}", shard.getName(), e.getMessage());
        }
    }

    /** A view never goes back. */
    private boolean isServable(ShardIndex index) {
        return position >= index.exactFromSeq()
                && (view.isEmpty() || position >= view.get().watermark());
    }

    private void apply(ShardIndex index, TailResponse response) {
        awaitSchema(response.getEntriesList().stream()
                .mapToInt(entry -> entry.getRecord().getSchemaVersion())
                .max()
                .orElse(0));
        setFields(index);
        int seal = 0;
        for (FeedEntry entry : response.getEntriesList()) {
            while (seal < response.getSealedSeqsCount() && response.getSealedSeqs(seal) < entry.getSeq()) {
                seal(index, response.getSealedSeqs(seal++));
            }
            index.apply(
                    entry.getSeq(),
                    entry.getKey(),
                    entry.hasRecord() ? entry.getRecord().getFields() : null);
            rowsLoaded.incrementAndGet();
        }
        while (seal < response.getSealedSeqsCount()) {
            seal(index, response.getSealedSeqs(seal++));
        }
        position = Math.max(position, response.getConfirmedSeq());
    }

    private void seal(ShardIndex index, long seq) {
        index.seal(seq);
        growingSinceNanos = System.nanoTime();
    }

    /** A record of a later schema may have a vector field that is not indexed yet. */
    private void awaitSchema(int version) {
        while (fields.schemaVersion() < version && !closed) {
            LockSupport.parkNanos(SCHEMA_PAUSE_NANOS);
        }
    }

    private void setFields(ShardIndex index) {
        IndexedFields now = fields;
        if (!now.equals(known)) {
            known = now;
            index.setFields(now.fields(), position);
        }
    }

    /** Whether no more is taken in until what waits to be written to files has been. */
    private boolean isFull(ShardIndex index) {
        boolean waits = index.sealed().stream().anyMatch(ShardIndex.Sealed::inMemory);
        // What is wanted is not far: the position of a seal, or of a segment that frees memory.
        return waits
                && position >= Math.max(wanted, takeOver.wanted())
                && (index.memoryRowBytes() > work.rowBytes()
                        || work.budget().usedBytes() > work.budget().limitBytes() / 10 * 9);
    }

    private void publish(ShardIndex index, long position, long askedAt) {
        index.publish(position);
        SegmentView next = index.view();
        segmentIds = Set.copyOf(takeOver.known());
        state = new State(
                known.fields(),
                isFull(index),
                index.sealed(),
                index.growingRows(),
                index.growingRowBytes(),
                growingSinceNanos);
        if (view.isEmpty()) {
            LOG.info("{}: serves {} records", shard.getName(), next.records());
        }
        noMemoryPauseNanos = NO_MEMORY_PAUSE_NANOS;
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
        builds.forEach(request -> request.answer().completeExceptionally(closedFailure()));
    }

    private VectorDbException closedFailure() {
        return new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE, "this index node does not serve shard " + shard.getName() + " any more");
    }
}
