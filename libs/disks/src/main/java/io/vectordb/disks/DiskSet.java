package io.vectordb.disks;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks of one node. A disk that is bad, missing or not ours is reported and costs what is on it; the others work.
 *
 * <p>Each folder has a file that says which disk it is, whose, and which others the set has. So an empty folder where a disk
 * is known to be is a missing disk (not mounted, or wiped), never a new one: only {@link #format} makes it one. An empty
 * folder that no disk knows of becomes a disk at opening. When every disk of a node comes up empty nothing is left that
 * could miss them; {@link DiskStatus#formatted()} tells, and the owner must compare with what the cluster knows.
 *
 * <p>Thread-safe. Holds a lock on each disk until it is closed.
 */
public final class DiskSet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskSet.class);

    private final DiskSettings settings;
    private final Map<DiskId, Disk> disks = new TreeMap<>();
    private final Map<DiskId, Path> roster = new TreeMap<>();
    private final List<FolderLock> locks = new ArrayList<>();
    private final List<DiskStatus> unusable = new ArrayList<>();
    private final List<DiskId> formatted = new ArrayList<>();
    private final List<DiskListener> listeners = new CopyOnWriteArrayList<>();

    private DiskSet(DiskSettings settings) {
        this.settings = settings;
    }

    /** Opens what can be opened; fails only on wrong settings. See {@link #statuses()} for the rest. */
    public static DiskSet open(DiskSettings settings) {
        DiskSet set = new DiskSet(settings);
        set.openAll();
        set.unusable.forEach(status ->
                LOG.warn("disk {} at {} is {}: {}", status.id(), status.folder(), status.health(), status.reason()));
        return set;
    }

    private synchronized void openAll() {
        List<FoundFolder> found =
                settings.folders().stream().map(FoundFolder::look).toList();
        for (FoundFolder each : found) {
            if (each instanceof FoundFolder.Identified(Path folder, DiskIdentity identity)
                    && identity.owner().equals(settings.owner())) {
                identity.roster().forEach(roster::putIfAbsent);
            }
        }
        for (FoundFolder each : found) {
            if (each instanceof FoundFolder.Identified(Path folder, DiskIdentity identity)) {
                openIdentified(folder, identity);
            }
        }
        for (FoundFolder each : found) {
            switch (each) {
                case FoundFolder.Identified done -> {}
                case FoundFolder.Blank blank -> openBlank(blank.folder());
                case FoundFolder.Unusable bad ->
                    reject(knownAt(bad.folder()), bad.folder(), bad.health(), bad.reason());
            }
        }
        missWhatIsNotThere();
        writeRosters();
    }

    private void openIdentified(Path folder, DiskIdentity identity) {
        if (!identity.owner().equals(settings.owner())) {
            reject(
                    identity.id(),
                    folder,
                    DiskHealth.FOREIGN,
                    "expected a disk of " + settings.owner() + ", found one of " + identity.owner());
            return;
        }
        if (disks.containsKey(identity.id())) {
            reject(identity.id(), folder, DiskHealth.FOREIGN, "the same disk is at " + disks.get(identity.id()));
            return;
        }
        take(identity.id(), folder);
    }

    private void openBlank(Path folder) {
        DiskId known = knownAt(folder);
        if (known == null) {
            formatFolder(folder);
        } else {
            reject(known, folder, DiskHealth.MISSING, "expected disk " + known + ", found an empty folder");
        }
    }

    private void formatFolder(Path folder) {
        DiskId id = DiskId.random();
        try {
            DurableFiles.createFolders(folder);
            new DiskIdentity(settings.owner(), id, Map.of(id, folder)).write(folder);
        } catch (IOException e) {
            reject(null, folder, DiskHealth.FAILED, e.toString());
            return;
        }
        if (take(id, folder)) {
            formatted.add(id);
        }
    }

    private boolean take(DiskId id, Path folder) {
        Disk disk = new Disk(id, folder, this);
        try {
            FolderLock lock = FolderLock.take(folder);
            if (lock == null) {
                reject(id, folder, DiskHealth.FOREIGN, "another process has the lock " + FolderLock.FILE);
                return false;
            }
            locks.add(lock);
        } catch (IOException e) {
            reject(id, folder, DiskHealth.FAILED, e.toString());
            return false;
        }
        roster.put(id, folder);
        disks.put(id, disk);
        disk.probe();
        return true;
    }

    private void missWhatIsNotThere() {
        List<DiskId> told = unusable.stream().map(DiskStatus::id).toList();
        roster.forEach((id, folder) -> {
            if (!disks.containsKey(id) && !told.contains(id)) {
                reject(id, folder, DiskHealth.MISSING, "none of the folders is this disk");
            }
        });
    }

    /** The disk that was last seen in this folder and is at no other now. */
    private @Nullable DiskId knownAt(Path folder) {
        for (Map.Entry<DiskId, Path> known : roster.entrySet()) {
            if (known.getValue().equals(folder) && !disks.containsKey(known.getKey())) {
                return known.getKey();
            }
        }
        return null;
    }

    private void reject(@Nullable DiskId id, Path folder, DiskHealth health, String reason) {
        unusable.add(new DiskStatus(id, folder, health, reason, null, DiskLevel.REJECT_WRITES, 0, false));
    }

    private void writeRosters() {
        for (Disk disk : disks.values()) {
            if (disk.health() != DiskHealth.HEALTHY) {
                continue;
            }
            try {
                DiskIdentity identity = DiskIdentity.read(disk.folder());
                if (!identity.roster().equals(roster)) {
                    identity.withRoster(roster).write(disk.folder());
                }
            } catch (IOException e) {
                disk.reportFailure(e);
            }
        }
    }

    /**
     * Makes the empty folder of a missing disk a new disk, and forgets the missing one. What was on that is lost to this
     * node.
     *
     * @throws VectorDbException {@code OPERATION_CONFLICT} where no disk is missing or the folder is not empty
     */
    public synchronized DiskId format(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        DiskStatus missing = unusable.stream()
                .filter(status -> status.folder().equals(absolute) && status.health() == DiskHealth.MISSING)
                .findFirst()
                .orElseThrow(() -> conflict("no disk is missing at " + absolute));
        if (!(FoundFolder.look(absolute) instanceof FoundFolder.Blank)) {
            throw conflict("expected an empty folder, found " + FoundFolder.look(absolute));
        }
        unusable.remove(missing);
        DiskId old = missing.id();
        if (old != null) {
            roster.remove(old);
        }
        int before = formatted.size();
        formatFolder(absolute);
        if (formatted.size() == before) {
            throw conflict(
                    "the folder cannot be formatted: " + unusable.getLast().reason());
        }
        writeRosters();
        return formatted.getLast();
    }

    /**
     * Stops missing a disk that was taken out for good.
     *
     * @throws VectorDbException {@code OPERATION_CONFLICT} when the disk is in use or not known
     */
    public synchronized void forget(DiskId id) {
        if (disks.containsKey(id) || !roster.containsKey(id)) {
            throw conflict("disk " + id + (disks.containsKey(id) ? " is in use" : " is not known"));
        }
        roster.remove(id);
        unusable.removeIf(status -> id.equals(status.id()) && status.health() == DiskHealth.MISSING);
        writeRosters();
    }

    /** The disks that were opened, in the order of ids; some may have become worse since. */
    public synchronized List<Disk> disks() {
        return List.copyOf(disks.values());
    }

    public synchronized Optional<Disk> find(DiskId id) {
        return Optional.ofNullable(disks.get(id));
    }

    /** All disks that are configured or missed. */
    public synchronized List<DiskStatus> statuses() {
        List<DiskStatus> all = new ArrayList<>();
        disks.values().forEach(disk -> all.add(status(disk)));
        all.addAll(unusable);
        return all;
    }

    private DiskStatus status(Disk disk) {
        DiskSpace space = null;
        try {
            space = disk.space();
        } catch (IOException e) {
            // The level says it.
        }
        return new DiskStatus(
                disk.id(),
                disk.folder(),
                disk.health(),
                disk.reason(),
                space,
                disk.level(),
                disk.reservedBytes(),
                formatted.contains(disk.id()));
    }

    /**
     * Chooses the disk for something new of this size: the one with the most room of those that stay below the first
     * watermark, with all that is reserved there. The room is reserved until the reservation is closed.
     *
     * @throws VectorDbException {@code DISK_FULL} when no healthy disk has room
     */
    public synchronized Reservation place(long bytes) {
        Disk best = null;
        long bestRoom = -1;
        for (Disk disk : disks.values()) {
            long room = disk.health() == DiskHealth.HEALTHY ? room(disk, bytes) : -1;
            if (room > bestRoom) {
                best = disk;
                bestRoom = room;
            }
        }
        if (best == null) {
            throw new VectorDbException(
                    ErrorCode.DISK_FULL,
                    "no disk has room for " + bytes + " bytes below "
                            + percent(settings.watermarks().noNewFiles()) + ": "
                            + statuses().stream().map(DiskSet::describe).collect(Collectors.joining(", ")));
        }
        return best.reserve(bytes);
    }

    /** What can be used there; below zero when the disk would pass the first watermark, or cannot be measured. */
    private long room(Disk disk, long bytes) {
        try {
            DiskSpace space = disk.space();
            return disk.shareWith(space, bytes) < settings.watermarks().noNewFiles()
                    ? Math.max(0, space.usableBytes() - disk.reservedBytes())
                    : -1;
        } catch (IOException e) {
            disk.reportFailure(e);
            return -1;
        }
    }

    /** Writes and syncs a little on every healthy disk, and finds those that fail. Blocks as long as the slowest disk. */
    public void probe() {
        disks().stream().filter(disk -> disk.health() == DiskHealth.HEALTHY).forEach(Disk::probe);
    }

    /** Tells the listener of each disk that becomes worse from now on. */
    public void addListener(DiskListener listener) {
        listeners.add(listener);
    }

    void healthChanged(Disk disk) {
        LOG.error("disk {} is {}: {}", disk, disk.health(), disk.reason());
        listeners.forEach(listener -> listener.healthChanged(disk));
    }

    SpaceGauge gauge() {
        return settings.gauge();
    }

    Watermarks watermarks() {
        return settings.watermarks();
    }

    @Override
    public synchronized void close() {
        for (FolderLock lock : locks) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("cannot unlock a disk", e);
            }
        }
        locks.clear();
    }

    private static String describe(DiskStatus status) {
        DiskSpace space = status.space();
        return status.folder() + " " + status.health() + (space == null ? "" : " " + percent(space.usedShare(0)));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static VectorDbException conflict(String message) {
        return new VectorDbException(ErrorCode.OPERATION_CONFLICT, message);
    }
}
