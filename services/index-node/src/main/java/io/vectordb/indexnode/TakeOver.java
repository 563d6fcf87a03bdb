package io.vectordb.indexnode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.segment.SealedSegment;
import io.vectordb.segment.ShardIndex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings segments that were published while a shard is followed into its index: reads what is published and opens the
 * files on another thread, and puts them in as soon as the follower is far enough.
 *
 * <p>Methods are called on the follower's thread.
 */
final class TakeOver {

    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    private static final long RETRY_NANOS = 2_000_000_000L;
    private static final long LONGEST_RETRY_NANOS = 60_000_000_000L;

    private final String name;
    private final LongFunction<ShardSegments> published;
    private final Function<PublishedSegment, SealedSegment> open;
    private final Executor executor;
    private final BuildSteps steps;

    /** Ids that the index has, or that were found to be of no use to it. */
    private final Set<String> known = new HashSet<>();

    private List<Opened> waiting = List.of();
    private long generation;
    private long retryNanos = RETRY_NANOS;
    private long triedAtNanos = System.nanoTime() - RETRY_NANOS;
    private boolean reading;
    /** Whether everything that is published could be opened when it was read last. */
    private boolean isWhole;

    /** Handed over by the other thread. */
    private volatile @Nullable Result result;

    private record Opened(PublishedSegment published, SealedSegment segment) {}

    private record Result(ShardSegments state, List<Opened> opened, boolean whole) {}

    /**
     * @param published reads what is published, as of a position at least
     * @param open opens the files of a segment
     * @param executor that these run on
     * @param steps told when a segment is put in
     */
    TakeOver(
            String name,
            LongFunction<ShardSegments> published,
            Function<PublishedSegment, SealedSegment> open,
            Executor executor,
            BuildSteps steps) {
        this.name = name;
        this.published = published;
        this.open = open;
        this.executor = executor;
        this.steps = steps;
    }

    /** What the index began with. */
    void begunWith(ShardSegments state) {
        generation = state.getGeneration();
        state.getSegmentsList().forEach(segment -> known.add(segment.getId()));
    }

    /** What could not be used when the index began is of use only when it has changed. */
    void begunWithout(ShardSegments state) {
        generation = state.getGeneration();
    }

    /** What is published now: another generation than before is read. */
    void noticed(long now, long position) {
        if (now <= generation || reading || System.nanoTime() - triedAtNanos < retryNanos) {
            return;
        }
        triedAtNanos = System.nanoTime();
        Set<String> present = Set.copyOf(known);
        try {
            reading = true;
            executor.execute(() -> read(position, present));
        } catch (RejectedExecutionException e) {
            reading = false;
        }
    }

    private void read(long position, Set<String> present) {
        ShardSegments state = ShardSegments.getDefaultInstance();
        List<Opened> opened = new ArrayList<>();
        boolean whole = false;
        try {
            state = published.apply(position);
            for (PublishedSegment segment : state.getSegmentsList()) {
                if (!present.contains(segment.getId())) {
                    opened.add(new Opened(segment, open.apply(segment)));
                }
            }
            whole = true;
        } catch (RuntimeException e) {
            LOG.warn("{}: what was published cannot be read yet: {}", name, e.getMessage());
        } catch (OutOfMemoryError e) {
            LOG.warn("{}: what was published does not fit into memory yet: {}", name, e.getMessage());
        } finally {
            result = new Result(state, opened, whole);
        }
    }

    /**
     * Puts in what is ready.
     *
     * @param applied up to which the index has everything
     * @return whether the index has changed
     * @throws VectorDbException {@code RESYNC} when the index has to be begun anew to make use of what is published
     */
    boolean into(ShardIndex index, long applied) {
        Result read = result;
        if (read != null) {
            result = null;
            reading = false;
            waiting = read.opened();
            retryNanos = read.whole() ? RETRY_NANOS : Math.min(LONGEST_RETRY_NANOS, 2 * retryNanos);
            isWhole = read.whole();
            if (read.whole()) {
                generation = read.state().getGeneration();
                known.retainAll(read.state().getSegmentsList().stream()
                        .map(PublishedSegment::getId)
                        .toList());
            }
        }
        boolean changed = false;
        List<Opened> later = new ArrayList<>();
        for (Opened each : waiting) {
            if (each.segment().exactFromSeq() > applied) {
                later.add(each);
            } else if (replace(index, each.segment(), applied)) {
                LOG.info(
                        "{}: segment {} with {} records serves now",
                        name,
                        each.published().getId().substring(0, 12),
                        each.published().getRecords());
                known.add(each.published().getId());
                changed = true;
            } else if (isWhole && relieves(index, each.segment())) {
                throw new VectorDbException(
                        ErrorCode.RESYNC, "what is published does not fit to what was read without it");
            } else if (isWhole) {
                known.add(each.published().getId());
            }
        }
        waiting = later;
        return changed;
    }

    private boolean replace(ShardIndex index, SealedSegment segment, long applied) {
        boolean isMerge = index.sealed().stream()
                .anyMatch(part ->
                        !part.inMemory() && part.fromSeq() >= segment.fromSeq() && part.toSeq() <= segment.toSeq());
        BuildSteps.Work work = isMerge ? BuildSteps.Work.MERGE : BuildSteps.Work.BUILD;
        steps.at(work, BuildSteps.Step.TAKE_OVER, BuildSteps.Moment.BEFORE);
        boolean replaced = index.replace(segment, applied);
        if (replaced) {
            steps.at(work, BuildSteps.Step.TAKE_OVER, BuildSteps.Moment.AFTER);
        }
        return replaced;
    }

    /** Whether there is something in memory that the segment holds. */
    private static boolean relieves(ShardIndex index, SealedSegment segment) {
        return index.growingFromSeq() < segment.toSeq()
                || index.sealed().stream().anyMatch(part -> part.inMemory() && part.fromSeq() < segment.toSeq());
    }

    /** The position from which all that was opened can be put in. */
    long wanted() {
        return waiting.stream()
                .mapToLong(each -> each.segment().exactFromSeq())
                .max()
                .orElse(0);
    }

    /** Ids of the segments that the index has, or soon will. */
    Set<String> known() {
        Set<String> ids = new HashSet<>(known);
        waiting.forEach(each -> ids.add(each.published().getId()));
        return ids;
    }
}
