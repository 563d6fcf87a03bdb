package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scrubbing of one disk: its files in the order of hashes, from where it was left.
 *
 * <p>The position is kept in the file {@value #FILE}, one line: {@code vectordb-scrub 1}, passes completed, start of the
 * pass in milliseconds, hash of the file under way or {@code -}, number of its next block. It is saved every 64 MiB and at
 * the end; one that cannot be read means a pass from the start.
 */
final class DiskScrub {

    static final String FILE = "scrub";

    private static final Logger LOG = LoggerFactory.getLogger(DiskScrub.class);
    private static final String MAGIC = "vectordb-scrub 1";
    private static final long SAVE_BYTES = 64 << 20;

    private final Catalog catalog;
    private final DiskFolders folders;
    private final Clock clock;
    private final Duration interval;
    private long passes;
    private long passStartMillis;
    private boolean inPass;
    private @Nullable ContentHash position;
    private int nextBlock;
    private long positionBytes;
    private long verifiedFiles;
    private long verifiedBytes;
    private long lostFiles;
    private long unsavedBytes;

    DiskScrub(Catalog catalog, DiskFolders folders, ScrubSettings settings) {
        this.catalog = catalog;
        this.folders = folders;
        this.clock = settings.clock();
        this.interval = settings.passInterval();
        load();
    }

    /** Verifies one chunk. Returns its bytes, at least 1; 0 when there is nothing to do now. */
    synchronized long step(UncachedReader reader) {
        if (!folders.disk().health().isReadable() || !(inPass || beginPass())) {
            return 0;
        }
        StoredFile file = current();
        if (file == null) {
            endPass();
            return 0;
        }
        if (!file.acquire()) {
            return 1;
        }
        try {
            return Math.max(1, verify(file, reader));
        } finally {
            file.release();
        }
    }

    private boolean beginPass() {
        if (passStartMillis > 0 && clock.millis() < passStartMillis + interval.toMillis()) {
            return false;
        }
        passStartMillis = clock.millis();
        inPass = true;
        position = null;
        nextBlock = 0;
        return true;
    }

    private void endPass() {
        inPass = false;
        position = null;
        nextBlock = 0;
        positionBytes = 0;
        passes++;
        save();
    }

    /** The file under way, or the one after it when that is done or gone. */
    private @Nullable StoredFile current() {
        ContentHash at = position;
        if (at != null && nextBlock > 0) {
            StoredFile file = catalog.find(at).orElse(null);
            if (file != null && file.folders().disk() == folders.disk()) {
                return file;
            }
        }
        StoredFile next = catalog.next(folders.disk(), at).orElse(null);
        position = next == null ? null : next.hash();
        nextBlock = 0;
        positionBytes = 0;
        return next;
    }

    private long verify(StoredFile file, UncachedReader reader) {
        try {
            BlockSums sums = file.sums();
            int end = reader.verify(file, Math.min(nextBlock, sums.blocks()));
            long before = positionBytes;
            positionBytes = end == sums.blocks() ? file.size() : sums.blockStart(end);
            nextBlock = end;
            if (end == sums.blocks()) {
                verifiedFiles++;
                nextBlock = 0;
            }
            count(positionBytes - before);
            return positionBytes - before;
        } catch (IOException e) {
            VectorDbException failure = catalog.readFailed(file, e);
            if (failure.code() == ErrorCode.SEGMENT_CORRUPT) {
                lostFiles++;
            }
            nextBlock = 0;
            return UncachedReader.CHUNK_BYTES;
        }
    }

    private void count(long bytes) {
        verifiedBytes += bytes;
        unsavedBytes += bytes;
        if (unsavedBytes >= SAVE_BYTES) {
            save();
        }
    }

    synchronized ScrubStatistics statistics() {
        return new ScrubStatistics(
                folders.disk().id(),
                passes,
                passStartMillis == 0 ? null : Instant.ofEpochMilli(passStartMillis),
                position,
                positionBytes,
                verifiedFiles,
                verifiedBytes,
                lostFiles);
    }

    synchronized void save() {
        unsavedBytes = 0;
        if (folders.disk().health() != DiskHealth.HEALTHY) {
            return;
        }
        String line = MAGIC + " " + passes + " " + passStartMillis + " " + (inPass ? position : "-") + " " + nextBlock;
        try {
            DurableFiles.replace(file(), ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            LOG.warn("cannot save how far the scrubbing of {} is", folders.disk(), e);
        }
    }

    private void load() {
        try {
            String line = Files.exists(file()) ? Files.readString(file()).strip() : "";
            if (!line.startsWith(MAGIC)) {
                return;
            }
            String[] parts = line.split(" ");
            passes = Long.parseLong(parts[2]);
            passStartMillis = Long.parseLong(parts[3]);
            inPass = ContentHash.isHash(parts[4]);
            if (inPass) {
                position = new ContentHash(parts[4]);
                nextBlock = Integer.parseInt(parts[5]);
                positionBytes = (long) nextBlock * BlockSums.BLOCK_BYTES;
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("scrubbing {} from the start", folders.disk(), e);
            inPass = false;
            passStartMillis = 0;
        }
    }

    private Path file() {
        return folders.root().resolve(FILE);
    }
}
