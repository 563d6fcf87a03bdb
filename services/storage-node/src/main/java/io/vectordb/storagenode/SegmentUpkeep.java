package io.vectordb.storagenode;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.segmentstore.CollectReport;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.Segments;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the segment files here those that the shards of this node have published: fetches what is missing from other
 * storage nodes, and collects what nobody needs any more.
 *
 * <p>Nothing is collected unless every replica that belongs here was read, and every manifest of what they have published:
 * what an unread one needs would be lost. A segment that was replaced stays for {@link #REPLACED_STAY} more, for index
 * nodes that are loading it.
 *
 * <p>One thread of its own does all of it. Metrics may be read by any.
 */
final class SegmentUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentUpkeep.class);

    static final Duration REPLACED_STAY = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration CHECK = Duration.ofSeconds(60);
    private static final Duration COLLECT = Duration.ofMinutes(10);
    private static final long CLOSE_SECONDS = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final SegmentFiles files;
    private final Segments segments;
    private final PublishedSegments published;
    private final Clock clock;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("segment-upkeep").factory());

    private Map<String, Long> generations = Map.of();
    private Pause check = Pause.NONE;
    /** Segments that could not be fetched. */
    private final Map<ContentHash, Pause> failures = new HashMap<>();

    private final Map<ContentHash, Long> lastPublishedMillis = new HashMap<>();
    private volatile int missing;
    private final AtomicLong collectedFiles = new AtomicLong();
    private final AtomicLong collectedBytes = new AtomicLong();

    private record Pause(long sinceMillis, long millis) {

        static final Pause NONE = new Pause(0, 0);

        /** The pause after a failure, twice as long as that before it. */
        static Pause after(@Nullable Pause before, long nowMillis) {
            long millis = before == null ? CHECK.toMillis() : 2 * before.millis();
            return new Pause(nowMillis, Math.min(millis, LONGEST_PAUSE.toMillis()));
        }

        /** Also when the clock was set back. */
        boolean isOver(long nowMillis) {
            return nowMillis < sinceMillis || nowMillis - sinceMillis >= millis;
        }
    }

    /** @param clock of pauses and of how long what was replaced stays */
    SegmentUpkeep(SegmentFiles files, PublishedSegments published, Clock clock) {
        this.files = files;
        this.segments = new Segments(files.store());
        this.published = published;
        this.clock = clock;
    }

    void start() {
        executor.scheduleWithFixedDelay(
                () -> guarded(this::look), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        executor.scheduleWithFixedDelay(
                () -> guarded(this::collect), COLLECT.toMillis(), COLLECT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What throws would not be run again. */
    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("the upkeep of segment files failed, and goes on later", e);
        }
    }

    /** Fetches what is missing when a shard has published something since, or it was not looked after for a while. */
    synchronized void look() {
        Map<String, ShardSegments> shards = published.readable();
        Map<String, Long> now = shards.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, shard -> shard.getValue().getGeneration()));
        long nowMillis = clock.millis();
        if (check.isOver(nowMillis) || !now.equals(generations)) {
            generations = now;
            check = new Pause(nowMillis, CHECK.toMillis());
            ids(shards).forEach(id -> lastPublishedMillis.put(id, nowMillis));
            fetchMissing(shards);
        }
    }

    private static Set<ContentHash> ids(Map<String, ShardSegments> shards) {
        return shards.values().stream()
                .flatMap(shard -> shard.getSegmentsList().stream())
                .map(PublishedSegment::getId)
                .map(ContentHash::new)
                .collect(Collectors.toSet());
    }

    private void fetchMissing(Map<String, ShardSegments> shards) {
        failures.keySet().retainAll(ids(shards));
        Map<ContentHash, String> news = new HashMap<>();
        Set<ContentHash> notWhole = new HashSet<>();
        for (Map.Entry<String, ShardSegments> shard : shards.entrySet()) {
            for (PublishedSegment segment : shard.getValue().getSegmentsList()) {
                ContentHash id = new ContentHash(segment.getId());
                if (executor.isShutdown()) {
                    return;
                }
                if (!bring(shard.getKey(), id, news)) {
                    notWhole.add(id);
                }
            }
        }
        missing = notWhole.size();
        // Each is told of once, and all in one line: what is the matter is mostly the same for all of them.
        news.entrySet().stream()
                .findFirst()
                .ifPresent(one -> LOG.warn(
                        "{} published segments are not whole here and cannot be fetched yet, {} because of: {}",
                        news.size(),
                        one.getKey(),
                        one.getValue()));
    }

    /**
     * Fetches the segment when it is time to.
     *
     * @param news takes what failed for the first time, and why
     * @return whether it is whole here
     */
    private boolean bring(String shard, ContentHash id, Map<ContentHash, String> news) {
        Pause pause = failures.get(id);
        if (isWhole(id)) {
            failures.remove(id);
            return true;
        }
        if (pause != null && !pause.isOver(clock.millis())) {
            return false;
        }
        try {
            files.fetchSegment(shard, id);
            failures.remove(id);
            LOG.info("segment {} of shard {} was fetched", id, shard);
            return true;
        } catch (RuntimeException e) {
            LOG.debug("segment {} of shard {} cannot be fetched", id, shard, e);
            failures.put(id, Pause.after(pause, clock.millis()));
            if (pause == null) {
                news.put(id, e.toString());
            }
            return false;
        }
    }

    private boolean isWhole(ContentHash id) {
        try {
            return segments.missing(id).isEmpty();
        } catch (VectorDbException damaged) {
            return false;
        }
    }

    /** Deletes what no shard needs, when all of them could be asked. */
    synchronized void collect() {
        Optional<Map<String, ShardSegments>> shards = published.all();
        if (shards.isEmpty()) {
            LOG.debug("no segment file is collected: not every replica can be read");
            return;
        }
        Set<ContentHash> live;
        try {
            live = new HashSet<>(segments.live(ids(shards.get())));
        } catch (VectorDbException e) {
            LOG.info("no segment file is collected before all manifests are here: {}", e.getMessage());
            return;
        }
        live.addAll(replacedLately());
        files.forgetWantedBut(live);
        CollectReport report = files.store().collect(live);
        collectedFiles.addAndGet(report.deletedFiles());
        collectedBytes.addAndGet(report.deletedBytes());
        if (report.deletedFiles() > 0) {
            LOG.info("segment files collected: {}", report);
        }
    }

    private Set<ContentHash> replacedLately() {
        long since = clock.millis() - REPLACED_STAY.toMillis();
        lastPublishedMillis.values().removeIf(last -> last < since);
        Set<ContentHash> stay = new HashSet<>();
        for (ContentHash id : lastPublishedMillis.keySet()) {
            try {
                stay.addAll(segments.live(Set.of(id)));
            } catch (VectorDbException gone) {
                // It never was whole here.
            }
        }
        return stay;
    }

    /** Segments that this shard has published, as far as its replica here knows, of which files are missing here. */
    int missing(String shard) {
        ShardSegments all = published.readable().getOrDefault(shard, ShardSegments.getDefaultInstance());
        return (int) ids(Map.of(shard, all)).stream().filter(id -> !isWhole(id)).count();
    }

    /** Published segments of which files are missing here. */
    int missing() {
        return missing;
    }

    void register(MeterRegistry meters) {
        Gauge.builder("vectordb.storage.segments.missing", this, SegmentUpkeep::missing)
                .description("Published segments of shards of this node of which files are missing here")
                .register(meters);
        FunctionCounter.builder("vectordb.storage.segments.collected", collectedFiles, AtomicLong::get)
                .description("Segment files deleted since no shard needs them")
                .register(meters);
        FunctionCounter.builder("vectordb.storage.segments.collected.bytes", collectedBytes, AtomicLong::get)
                .baseUnit("bytes")
                .description("Size of the segment files deleted since no shard needs them")
                .register(meters);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the upkeep of segment files does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
