package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskErrors;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that the store serves, by hash, and every change of names on the disks.
 *
 * <p>Finding and reading need no lock. Files are added, deleted and set aside under one lock, so that a name on a disk and
 * the entry here always change together, and a deletion can never meet the new file of the same hash.
 */
final class Catalog {

    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final ConcurrentSkipListMap<ContentHash, StoredFile> files = new ConcurrentSkipListMap<>();
    private final ReentrantLock mutation = new ReentrantLock();
    private final Clock clock;
    private final Refetch refetch;
    private final Quarantine quarantine;
    private final AtomicLong deletions = new AtomicLong();
    private final AtomicLong damages = new AtomicLong();

    Catalog(Clock clock, Refetch refetch) {
        this.clock = clock;
        this.refetch = refetch;
        this.quarantine = new Quarantine(clock);
    }

    Optional<StoredFile> find(ContentHash hash) {
        return Optional.ofNullable(files.get(hash));
    }

    Collection<StoredFile> all() {
        return files.values();
    }

    /** The first file of the disk behind this hash, in the order of hashes. */
    Optional<StoredFile> next(Disk disk, @Nullable ContentHash after) {
        Map<ContentHash, StoredFile> rest = after == null ? files : files.tailMap(after, false);
        for (StoredFile file : rest.values()) {
            if (file.folders().disk() == disk) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** A hold on the file, if it is here. */
    Optional<SegmentFile> open(ContentHash hash) {
        StoredFile file = files.get(hash);
        return file != null && file.acquire() ? Optional.of(new SegmentFile(file, this)) : Optional.empty();
    }

    /** Makes the file as young as one put now; false when it is not here. */
    boolean touch(ContentHash hash) {
        StoredFile file = files.get(hash);
        return file != null && touch(file);
    }

    private boolean touch(StoredFile file) {
        if (!file.touch(clock.millis())) {
            return false;
        }
        try {
            file.saveAge();
        } catch (NoSuchFileException e) {
            setAside(file, "the file is gone");
            return false;
        } catch (IOException e) {
            // It can still be read; whether the disk is well is another question.
            file.folders().disk().reportFailure(e);
        }
        return true;
    }

    /** Adds what was found at opening. False when the hash is here already, from another disk. */
    boolean addFound(StoredFile file) {
        return files.putIfAbsent(file.hash(), file) == null;
    }

    /**
     * Gives synced temporary files their names and serves them; returns when that is durable. When the file has come by
     * another way meanwhile, the temporary ones are left to the caller.
     */
    void add(StoredFile file, Path content, Path sums) throws IOException {
        mutation.lock();
        try {
            StoredFile present = files.get(file.hash());
            if (present != null && touch(present)) {
                return;
            }
            // The sums first: a file without them would have to be read as a whole at the next opening.
            Files.move(sums, file.folders().sums(file.hash()), StandardCopyOption.ATOMIC_MOVE);
            Files.move(content, file.path(), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(file.folders().files());
            files.put(file.hash(), file);
        } finally {
            mutation.unlock();
        }
    }

    /** Deletes the file unless somebody reads it; only names change under the lock. */
    boolean delete(StoredFile file, long putBeforeMillis) throws IOException {
        Path doomed = file.folders().temporary().resolve(file.hash() + "." + deletions.incrementAndGet() + ".deleted");
        mutation.lock();
        try {
            if (file.lastPutMillis() > putBeforeMillis || !file.kill(false)) {
                return false;
            }
            files.remove(file.hash(), file);
            Files.move(file.path(), doomed, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(file.folders().sums(file.hash()));
        } finally {
            mutation.unlock();
        }
        Files.delete(doomed);
        return true;
    }

    /**
     * Turns a failed read into the failure to throw. What is damaged goes to quarantine and is asked for again; a failing
     * disk is reported.
     */
    VectorDbException readFailed(StoredFile file, IOException error) {
        if (!DiskErrors.isOfDisk(error)) {
            return file.folders().disk().failure(error);
        }
        if (!(error instanceof DamagedFileException)) {
            file.folders().disk().reportFailure(error);
        }
        String reason = DamagedFileException.reasonOf(error);
        setAside(file, reason);
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "segment file " + file.hash() + " on " + file.folders().disk() + ": " + reason,
                Map.of("hash", file.hash().hex()));
    }

    private void setAside(StoredFile file, String reason) {
        boolean kept;
        mutation.lock();
        try {
            if (!file.kill(true)) {
                return;
            }
            files.remove(file.hash(), file);
            kept = quarantine.take(file.folders(), file.hash(), reason);
        } finally {
            mutation.unlock();
        }
        lost(new LostFile(file.hash(), file.size(), file.folders().disk().toString(), reason, kept));
    }

    /** Gives up what was on a disk that cannot be read any more. */
    void healthChanged(Disk disk) {
        if (disk.health() == DiskHealth.READ_ONLY) {
            return;
        }
        List<LostFile> gone = new ArrayList<>();
        mutation.lock();
        try {
            for (StoredFile file : files.values()) {
                if (file.folders().disk() == disk && file.kill(true)) {
                    files.remove(file.hash(), file);
                    gone.add(new LostFile(
                            file.hash(), file.size(), disk.toString(), "the disk failed: " + disk.reason(), false));
                }
            }
        } finally {
            mutation.unlock();
        }
        gone.forEach(this::lost);
    }

    /** Counts, logs and asks for a file that is not served any more. */
    void lost(LostFile file) {
        damages.incrementAndGet();
        LOG.error("segment file {} on {} is lost: {}", file.hash(), file.disk(), file.reason());
        refetch.request(file);
    }

    Quarantine quarantine() {
        return quarantine;
    }

    long damages() {
        return damages.get();
    }
}
