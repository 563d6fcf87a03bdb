package io.vectordb.disks;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One data folder that has an identity and is ours.
 *
 * <p>Its health only becomes worse; opening the set again begins anew. Thread-safe.
 */
public final class Disk {

    static final String PROBE_FILE = "disk.probe";
    private static final int PROBE_BYTES = 4096;

    private final DiskId id;
    private final Path folder;
    private final DiskSet set;
    private final AtomicLong reservedBytes = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private volatile DiskHealth health = DiskHealth.HEALTHY;
    private volatile String reason = "";
    private volatile @Nullable Duration lastProbe;

    Disk(DiskId id, Path folder, DiskSet set) {
        this.id = id;
        this.folder = folder;
        this.set = set;
    }

    public DiskId id() {
        return id;
    }

    /** What is stored goes into folders of its own below. */
    public Path folder() {
        return folder;
    }

    public DiskHealth health() {
        return health;
    }

    /** Why it is not healthy; empty when it is. */
    public String reason() {
        return reason;
    }

    /** Failed operations that were told to {@link #reportFailure}, those included after which the disk was found well. */
    public long errors() {
        return errors.get();
    }

    /** How long the last successful write and sync of 4 KiB took; nothing before the first. */
    public @Nullable Duration lastProbe() {
        return lastProbe;
    }

    public DiskSpace space() throws IOException {
        return set.gauge().measure(folder);
    }

    /** By used share, with what is reserved; {@link DiskLevel#REJECT_WRITES} when that cannot be measured. */
    public DiskLevel level() {
        try {
            return set.watermarks().levelOf(space().usedShare(reservedBytes.get()));
        } catch (IOException e) {
            return DiskLevel.REJECT_WRITES;
        }
    }

    public long reservedBytes() {
        return reservedBytes.get();
    }

    /**
     * Returns if something already placed here may go on being written.
     *
     * @throws VectorDbException {@code DISK_FULL} above the last watermark, {@code INTERNAL} when the disk cannot be written
     */
    public void checkWritable() {
        if (health != DiskHealth.HEALTHY) {
            throw unusable();
        }
        DiskSpace space;
        try {
            space = space();
        } catch (IOException e) {
            throw failure(e);
        }
        // Only what is written counts: what is reserved was let in while there was room for it.
        double share = space.usedShare(0);
        if (set.watermarks().levelOf(share) == DiskLevel.REJECT_WRITES) {
            throw full(space, set.watermarks().rejectWrites());
        }
    }

    /**
     * Turns a failed operation on this disk into the failure to throw, and finds out whether the disk still works.
     *
     * @return {@code DISK_FULL}; {@code CANCELLED} where the thread was interrupted; {@code OVERLOADED} where the process
     *     has no file descriptors left; else {@code INTERNAL}
     */
    public VectorDbException failure(IOException error) {
        if (DiskErrors.isInterruption(error)) {
            return new VectorDbException(ErrorCode.CANCELLED, "interrupted while at work on disk " + folder, error);
        }
        if (DiskErrors.isFull(error)) {
            return new VectorDbException(
                    ErrorCode.DISK_FULL, "disk " + folder + " is full: " + error.getMessage(), metadata());
        }
        if (DiskErrors.isProcessLimit(error)) {
            return new VectorDbException(ErrorCode.OVERLOADED, "at work on disk " + folder + ": " + error, metadata());
        }
        reportFailure(error);
        return new VectorDbException(
                ErrorCode.INTERNAL, "disk " + folder + " failed: " + error, metadata(), List.of(), error);
    }

    /** Looks whether the disk still works after an operation on it has failed. */
    public void reportFailure(IOException error) {
        if (!DiskErrors.isOfDisk(error)) {
            return;
        }
        errors.incrementAndGet();
        probe(error);
    }

    /** Sees that it is this disk, writes and syncs 4 KiB; when that fails, sees whether it can be read at least. */
    public void probe() {
        probe(null);
    }

    private void probe(@Nullable IOException seen) {
        try {
            writeProbe();
        } catch (IOException e) {
            if (!DiskErrors.isOfDisk(e)) {
                return;
            }
            String why = seen == null ? e.toString() : e + " (after " + seen + ")";
            try {
                checkIdentity();
                worsen(DiskHealth.READ_ONLY, why);
            } catch (IOException | RuntimeException unreadable) {
                worsen(DiskHealth.FAILED, why + "; " + unreadable);
            }
        }
    }

    private void writeProbe() throws IOException {
        // Where the file system was unmounted there is a folder all the same, which takes everything.
        checkIdentity();
        long start = System.nanoTime();
        // In place once it is there: a full disk is not a broken one.
        try (FileChannel channel =
                FileChannel.open(folder.resolve(PROBE_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES).putLong(0, start);
            while (bytes.hasRemaining()) {
                channel.write(bytes, bytes.position());
            }
            channel.force(true);
        }
        lastProbe = Duration.ofNanos(System.nanoTime() - start);
    }

    private void checkIdentity() throws IOException {
        DiskId found = DiskIdentity.read(folder).id();
        if (!found.equals(id)) {
            throw new IOException("expected disk " + id + " at " + folder + ", found " + found);
        }
    }

    private void worsen(DiskHealth worse, String why) {
        synchronized (this) {
            if (worse.compareTo(health) <= 0) {
                return;
            }
            health = worse;
            reason = why;
        }
        set.healthChanged(this);
    }

    /** How full it would be with what is reserved and so many bytes more. */
    double shareWith(DiskSpace space, long bytes) {
        return space.usedShare(reservedBytes.get() + bytes);
    }

    Reservation reserve(long bytes) {
        reservedBytes.addAndGet(bytes);
        return new Reservation(this, bytes);
    }

    void release(long bytes) {
        reservedBytes.addAndGet(-bytes);
    }

    private VectorDbException unusable() {
        return new VectorDbException(
                ErrorCode.INTERNAL, "disk " + folder + " is " + health + ": " + reason, metadata());
    }

    private VectorDbException full(DiskSpace space, double watermark) {
        return new VectorDbException(
                ErrorCode.DISK_FULL,
                String.format(
                        Locale.ROOT,
                        "disk %s is %.1f %% full, writes end at %.1f %%",
                        folder,
                        100 * space.usedShare(0),
                        100 * watermark),
                metadata());
    }

    private Map<String, String> metadata() {
        return Map.of("disk", id.value(), "folder", folder.toString());
    }

    @Override
    public String toString() {
        return folder + " (" + id + ")";
    }
}
