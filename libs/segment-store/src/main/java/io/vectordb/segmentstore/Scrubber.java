package io.vectordb.segmentstore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every file of a store again and again, slowly, and compares it with its checksums as it is on the disk. What is
 * damaged goes to quarantine and is asked for again, long before a reader meets it.
 *
 * <p>It goes round the disks a mebibyte at a time, and on each goes on where it was when it stopped. One thread of its own,
 * of low priority; {@link #statistics()} may be asked from any.
 */
public final class Scrubber implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<DiskScrub> disks;
    private final ScrubSettings settings;
    private final UncachedReader reader = new UncachedReader();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int turn;
    private @Nullable Thread thread;

    public Scrubber(SegmentStore store, ScrubSettings settings) {
        this.settings = settings;
        this.disks = store.disks().disks().stream()
                .map(disk -> new DiskScrub(store.catalog(), DiskFolders.of(disk), settings))
                .toList();
    }

    /** Begins to work in the background; once. */
    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("the scrubber was started already");
        }
        Thread started = new Thread(this::run, "segment-scrubber");
        started.setDaemon(true);
        started.setPriority(Thread.MIN_PRIORITY);
        thread = started;
        started.start();
    }

    private void run() {
        try {
            while (!stopped.await(pauseAfter(stepSafely()), TimeUnit.NANOSECONDS)) {
                // Each round is one step and the pause that it costs.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long stepSafely() {
        try {
            return step();
        } catch (RuntimeException e) {
            LOG.error("a step of scrubbing failed", e);
            return 0;
        }
    }

    private long pauseAfter(long bytes) {
        return bytes == 0
                ? IDLE_NANOS
                : (long) ((double) bytes / settings.bytesPerSecond() * TimeUnit.SECONDS.toNanos(1));
    }

    /**
     * Verifies the next chunk, without a pause; for an owner that has a schedule of its own.
     *
     * @return the bytes that were read, about; 0 when no disk has anything to do now
     */
    public synchronized long step() {
        for (int i = 0; i < disks.size(); i++) {
            turn = (turn + 1) % disks.size();
            long bytes = disks.get(turn).step(reader);
            if (bytes > 0) {
                return bytes;
            }
        }
        return 0;
    }

    /** One for each disk. */
    public List<ScrubStatistics> statistics() {
        List<ScrubStatistics> all = new ArrayList<>();
        disks.forEach(disk -> all.add(disk.statistics()));
        return all;
    }

    /** Stops after the chunk under way, and saves how far it is. */
    @Override
    public void close() {
        stopped.countDown();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        disks.forEach(DiskScrub::save);
    }
}
