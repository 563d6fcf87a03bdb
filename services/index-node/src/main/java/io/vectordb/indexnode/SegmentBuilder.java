package io.vectordb.indexnode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.indexnode.BuildSteps.Moment;
import io.vectordb.indexnode.BuildSteps.Step;
import io.vectordb.indexnode.BuildSteps.Work;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.PublishSegment;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.segment.ShardIndex;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.OpenSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals, builds, puts at the storage nodes and publishes the segments of the shards that this node follows, one at a time
 * on a thread of low priority; the right to do so for a shard is claimed in its log.
 *
 * <p>Each step may be the last one of this process: what is not published is invisible, and another node does it again.
 */
final class SegmentBuilder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentBuilder.class);
    private static final long VIEW_SECONDS = 60;
    /** How soon a shard is looked at again for which nothing could be done. */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private static final long LONGEST_PAUSE_NANOS = 300_000_000_000L;
    private static final long COLLECT_MINUTES = 10;
    /** With so many segments they are merged before another one is made. */
    private static final int MERGE_FIRST = 16;

    /** Who has not heard the feed for longer does not seal for those who have. */
    private static final long NEAR_NANOS = 5_000_000_000L;

    private static final int CLAIM_PARTS = 3;
    private static final long STOP_SECONDS = 10;

    private final String nodeId;
    private final SegmentCache files;
    private final BuildSettings settings;
    private final BuildSteps steps;
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, Turn> turns = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("build-segments").factory());
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("build-claims").factory());
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Optional<Building> building = Optional.empty();
    private volatile boolean closed;

    /** When a shard was looked at last, and how long it is left alone then. */
    private record Turn(long atNanos, long pauseNanos) {}

    /** What is being done now. */
    record Building(String shardUid, long fromSeq, long toSeq, Phase phase, long sinceNanos) {}

    enum Phase {
        SEALING,
        WRITING,
        UPLOADING,
        PUBLISHING
    }

    /**
     * @param steps told of each step but the last
     * @param collect removes files that nobody needs; run now and then
     */
    SegmentBuilder(String nodeId, SegmentCache files, BuildSettings settings, BuildSteps steps, Runnable collect) {
        this.nodeId = nodeId;
        this.files = files;
        this.settings = settings;
        this.steps = steps;
        thread.execute(LowPriority::ofThisThread);
        renewals.scheduleWithFixedDelay(collect, COLLECT_MINUTES, COLLECT_MINUTES, TimeUnit.MINUTES);
    }

    Optional<Building> building() {
        return building;
    }

    /** Segments published since the start. */
    long published() {
        return published.get();
    }

    /** Attempts that failed since the start. */
    long failed() {
        return failed.get();
    }

    /** Has a shard looked at soon if there may be something to do. Cheap; never blocks. */
    void consider(ShardFollower follower) {
        String uid = follower.shard().getUid();
        Turn turn = turns.get(uid);
        if (closed || turn != null && System.nanoTime() - turn.atNanos() < turn.pauseNanos()) {
            return;
        }
        ShardFollower.State state = follower.state();
        boolean waits = state.sealed().stream().anyMatch(ShardIndex.Sealed::inMemory);
        if (!waits && !isGrown(state) && merge(state).isEmpty()) {
            return;
        }
        if (queued.add(uid)) {
            thread.execute(() -> {
                boolean done = step(follower);
                long last = turn == null ? PAUSE_NANOS : turn.pauseNanos();
                long pause = done ? PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, 2 * last);
                turns.put(uid, new Turn(System.nanoTime(), pause));
                queued.remove(uid);
            });
        }
    }

    private Optional<MergePolicy.Range> merge(ShardFollower.State state) {
        return MergePolicy.choose(state.sealed(), settings.mergeRows(state.fields()));
    }

    private boolean isGrown(ShardFollower.State state) {
        return state.full()
                || state.growingRows() >= settings.sealRows()
                || state.growingRowBytes() >= settings.sealBytes()
                || state.growingRows() >= settings.restingRows()
                        && System.nanoTime() - state.growingSinceNanos()
                                > settings.sealAge().toNanos();
    }

    /** @return whether nothing failed */
    private boolean step(ShardFollower follower) {
        try {
            ShardSegments now = follower.feed().segments(0);
            ShardFollower.State state = follower.state();
            if (isAnothersTurn(now) || !(isNear(follower) || state.full())) {
                return true;
            }
            Optional<MergePolicy.Range> merge =
                    merge(state).filter(range -> hasAll(follower, now) && isPublished(now, range));
            boolean isMergedFirst = merge.isPresent() && now.getSegmentsCount() >= MERGE_FIRST;
            if (!isMergedFirst && (now.getSealedSeq() > 0 || isGrown(state))) {
                sealed(follower);
            } else if (merge.isPresent()) {
                claimed(
                        follower,
                        Work.MERGE,
                        claim -> build(
                                follower,
                                Work.MERGE,
                                claim,
                                merge.get().fromSeq(),
                                merge.get().toSeq()));
            }
            return true;
        } catch (VectorDbException e) {
            // Another one was faster, or there will be another turn.
            boolean isLost = e.code() == ErrorCode.OPERATION_CONFLICT;
            failed.addAndGet(isLost ? 0 : 1);
            LOG.info("{}: no segment was published: {}", follower.shard().getName(), e.getMessage());
            return isLost;
        } catch (RuntimeException | Error e) {
            if (!closed) {
                failed.incrementAndGet();
                LOG.error("{}: no segment was published", follower.shard().getName(), e);
            }
            return false;
        } finally {
            building = Optional.empty();
        }
    }

    private static boolean isNear(ShardFollower follower) {
        return follower.isConfirmedSince(System.nanoTime() - NEAR_NANOS);
    }

    /** A claim of another node that seems to hold; the log decides. */
    private boolean isAnothersTurn(ShardSegments now) {
        return now.hasClaim()
                && !now.getClaim().getBuilder().equals(nodeId)
                && now.getClaim().getExpireMicros() > TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    /** What this node has not taken over yet may be the same merge. */
    private static boolean hasAll(ShardFollower follower, ShardSegments now) {
        return now.getSegmentsList().stream()
                .allMatch(each -> follower.segmentIds().contains(each.getId()));
    }

    private static boolean isPublished(ShardSegments now, MergePolicy.Range range) {
        return now.getSegmentsList().stream().anyMatch(each -> each.getFromSeq() == range.fromSeq())
                && now.getSegmentsList().stream().anyMatch(each -> each.getToSeq() == range.toSeq());
    }

    /** Seals unless there is a boundary that nothing is published for and that this node knows; builds up to it. */
    private void sealed(ShardFollower follower) {
        claimed(follower, Work.BUILD, claim -> {
            ShardSegments state = claim.state();
            if (state.getSealedSeq() == 0 || !endsAt(follower, state.getSealedSeq())) {
                progress(follower, 0, 0, Phase.SEALING);
                steps.at(Work.BUILD, Step.SEAL, Moment.BEFORE);
                state = follower.feed()
                        .change(ChangeSegmentsRequest.newBuilder()
                                .setSeal(SealGrowing.newBuilder()
                                        .setBuilder(nodeId)
                                        .setEpoch(state.getClaim().getEpoch())));
                steps.at(Work.BUILD, Step.SEAL, Moment.AFTER);
            }
            long exact = state.getSegmentsList().stream()
                    .mapToLong(PublishedSegment::getExactFromSeq)
                    .max()
                    .orElse(0);
            await(follower, Math.max(state.getSealedSeq(), exact));
            long last = state.getSegmentsCount() == 0
                    ? 0
                    : state.getSegments(state.getSegmentsCount() - 1).getToSeq();
            boolean continues = last == 0 || follower.state().sealed().stream().anyMatch(part -> part.toSeq() == last);
            build(follower, Work.BUILD, new Claim(state, claim.lost()), continues ? last : 0, state.getSealedSeq());
        });
    }

    private static boolean endsAt(ShardFollower follower, long seq) {
        return follower.state().sealed().stream().anyMatch(part -> part.toSeq() == seq);
    }

    private static void await(ShardFollower follower, long seq) {
        try {
            follower.reach(seq).get(VIEW_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectorDbException(ErrorCode.CANCELLED, "this node stops");
        } catch (ExecutionException | TimeoutException e) {
            throw new VectorDbException(ErrorCode.STALE, "the view does not reach " + seq);
        }
    }

    /** @param lost becomes true when the right to build was lost */
    private record Claim(ShardSegments state, AtomicBoolean lost) {}

    private void claimed(ShardFollower follower, Work work, Consumer<Claim> task) {
        steps.at(work, Step.CLAIM, Moment.BEFORE);
        ShardSegments state = claim(follower, settings.claim().toMillis());
        AtomicBoolean lost = new AtomicBoolean();
        long period = settings.claim().toMillis() / CLAIM_PARTS;
        ScheduledFuture<?> renewal =
                renewals.scheduleWithFixedDelay(() -> renew(follower, lost), period, period, TimeUnit.MILLISECONDS);
        try {
            steps.at(work, Step.CLAIM, Moment.AFTER);
            task.accept(new Claim(state, lost));
        } finally {
            renewal.cancel(false);
            release(follower);
        }
    }

    private ShardSegments claim(ShardFollower follower, long millis) {
        return follower.feed()
                .change(ChangeSegmentsRequest.newBuilder()
                        .setClaim(ClaimBuild.newBuilder()
                                .setBuilder(nodeId)
                                .setTtlMicros(TimeUnit.MILLISECONDS.toMicros(millis))));
    }

    private void renew(ShardFollower follower, AtomicBoolean lost) {
        try {
            claim(follower, settings.claim().toMillis());
        } catch (RuntimeException e) {
            if (e instanceof VectorDbException refused && refused.code() == ErrorCode.OPERATION_CONFLICT) {
                lost.set(true);
            }
            LOG.info(
                    "{}: the right to build was not extended: {}",
                    follower.shard().getName(),
                    e.getMessage());
        }
    }

    private void release(ShardFollower follower) {
        try {
            claim(follower, 0);
        } catch (VectorDbException e) {
            LOG.debug(
                    "{}: the right to build runs out by itself: {}",
                    follower.shard().getName(),
                    e.getMessage());
        }
    }

    private void build(ShardFollower follower, Work work, Claim claim, long fromSeq, long toSeq) {
        ShardIndex.Build build = builds(follower, fromSeq, toSeq).orElse(null);
        if (build == null) {
            LOG.debug("{}: ({}, {}] is not sealed here", follower.shard().getName(), fromSeq, toSeq);
            return;
        }
        Path folder = files.scratch();
        try {
            progress(follower, fromSeq, toSeq, Phase.WRITING);
            LOG.info("{}: builds a segment of ({}, {}]", follower.shard().getName(), fromSeq, toSeq);
            long begun = System.nanoTime();
            steps.at(work, Step.WRITE, Moment.BEFORE);
            build.write(folder, () -> closed || claim.lost().get());
            int records = SegmentCache.verify(folder, build);
            steps.at(work, Step.WRITE, Moment.AFTER);
            ContentHash id = files.put(folder);
            try (OpenSegment kept = files.hold(id)) {
                progress(follower, fromSeq, toSeq, Phase.UPLOADING);
                steps.at(work, Step.UPLOAD, Moment.BEFORE);
                files.upload(follower.shard(), kept.hash());
                steps.at(work, Step.UPLOAD, Moment.AFTER);
                progress(follower, fromSeq, toSeq, Phase.PUBLISHING);
                steps.at(work, Step.PUBLISH, Moment.BEFORE);
                publish(follower, claim, build, kept.hash(), records);
                steps.at(work, Step.PUBLISH, Moment.AFTER);
            }
            published.incrementAndGet();
            LOG.info(
                    "{}: segment {} of ({}, {}] with {} records published in {} ms",
                    follower.shard().getName(),
                    id.hex().substring(0, 12),
                    fromSeq,
                    toSeq,
                    records,
                    (System.nanoTime() - begun) / 1_000_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            SegmentCache.clear(folder);
        }
    }

    private void publish(ShardFollower follower, Claim claim, ShardIndex.Build build, ContentHash id, int records) {
        follower.feed()
                .change(ChangeSegmentsRequest.newBuilder()
                        .setPublish(PublishSegment.newBuilder()
                                .setBuilder(nodeId)
                                .setEpoch(claim.state().getClaim().getEpoch())
                                .setGeneration(claim.state().getGeneration())
                                .setSegment(PublishedSegment.newBuilder()
                                        .setId(id.hex())
                                        .setFromSeq(build.fromSeq())
                                        .setToSeq(build.toSeq())
                                        .setExactFromSeq(build.exactFromSeq())
                                        .setRecords(records)
                                        .setSizeBytes(files.sizeBytes(id)))));
    }

    private static Optional<ShardIndex.Build> builds(ShardFollower follower, long fromSeq, long toSeq) {
        try {
            return follower.build(fromSeq, toSeq).get(VIEW_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectorDbException(ErrorCode.CANCELLED, "this node stops");
        } catch (ExecutionException | TimeoutException e) {
            throw new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the shard is not followed any more");
        }
    }

    private void progress(ShardFollower follower, long fromSeq, long toSeq, Phase phase) {
        building = Optional.of(new Building(follower.shard().getUid(), fromSeq, toSeq, phase, System.nanoTime()));
    }

    @Override
    public void close() {
        closed = true;
        renewals.shutdownNow();
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a segment is still being built");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
