package io.vectordb.backup;

import io.vectordb.backup.BackupReport.Damage;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups of one target.
 *
 * <p>A backup is what its manifest names. Blobs come first and the manifest last; so one that can be seen is whole. Blobs
 * are shared: a blob goes only when no manifest names it and it was neither put nor renewed within the grace time. {@link
 * #publish} renews all blobs before it writes the manifest, so that a collection at the same time removes none of them.
 *
 * <p>Thread-safe, also between processes.
 */
public final class Backups {

    /** How long a blob without a manifest stays; a backup may take as long between its first file and its manifest. */
    public static final Duration GRACE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final BackupTarget target;
    private final InstantSource clock;
    private final Duration grace;

    public Backups(BackupTarget target, InstantSource clock, Duration grace) {
        this.target = target;
        this.clock = clock;
        this.grace = grace;
    }

    /**
     * Makes a backup of blobs that are there.
     *
     * @throws VectorDbException OPERATION_CONFLICT when one of them is not: it was removed since it was put
     */
    public void publish(BackupManifest manifest) throws IOException {
        for (ShardBackup shard : manifest.getShardsList()) {
            for (BackupFile file : shard.getFilesList()) {
                if (!target.renew(new BlobId(file.getSha256()), file.getBytes())) {
                    throw new VectorDbException(
                            ErrorCode.OPERATION_CONFLICT,
                            "the blob " + file.getSha256() + " is not in " + target.name()
                                    + ": it was removed meanwhile, or storage node " + shard.getNode()
                                    + " sees another folder there",
                            Map.of("blob", file.getSha256()));
                }
            }
        }
        target.publish(manifest.getId(), ManifestFormat.encode(manifest));
    }

    /** All backups, by id. One whose manifest cannot be read is left out, and told in the log. */
    public List<BackupManifest> list() throws IOException {
        List<BackupManifest> found = new ArrayList<>();
        for (String id : target.manifests()) {
            try {
                found.add(get(id));
            } catch (VectorDbException e) {
                LOG.warn("{}: {}", target.name(), e.getMessage());
            }
        }
        return found;
    }

    /** One backup, or BACKUP_NOT_FOUND. */
    public BackupManifest get(String id) throws IOException {
        return ManifestFormat.decode(id, target.manifest(id).orElseThrow(() -> notFound(id, target.name())));
    }

    /** The failure of who looks for a backup in vain. */
    public static VectorDbException notFound(String id, String target) {
        return new VectorDbException(
                ErrorCode.BACKUP_NOT_FOUND,
                "there is no backup " + id + " in " + target,
                Map.of("backup", id, "target", target));
    }

    /**
     * Reads every blob of a backup and compares it with its hash. A damaged one is set aside, so that the next backup puts
     * it anew where its file is still in use: that mends older backups too.
     */
    public BackupReport verify(BackupManifest manifest, Pace pace) throws IOException {
        Set<String> seen = new HashSet<>();
        List<Damage> damaged = new ArrayList<>();
        long bytes = 0;
        for (ShardBackup shard : manifest.getShardsList()) {
            for (BackupFile file : shard.getFilesList()) {
                if (seen.add(file.getSha256())) {
                    bytes += file.getBytes();
                    String problem = problem(new BlobId(file.getSha256()), pace);
                    if (!problem.isEmpty()) {
                        damaged.add(
                                new Damage(new BlobId(file.getSha256()), shard.getShard(), file.getName(), problem));
                    }
                }
            }
        }
        return new BackupReport(seen.size(), bytes, damaged);
    }

    private String problem(BlobId blob, Pace pace) throws IOException {
        BlobId found;
        try (InputStream content = target.open(blob)) {
            found = FileCopier.hash(content, pace);
        } catch (NoSuchFileException e) {
            return "missing";
        }
        if (found.equals(blob)) {
            return "";
        }
        LOG.error("{}: the blob {} has the hash {} and is set aside", target.name(), blob, found);
        target.setAside(blob);
        return "has the hash " + found;
    }

    /** Forgets a backup; its blobs go with the next {@link #collect}. */
    public void forget(String id) throws IOException {
        if (target.manifest(id).isEmpty()) {
            throw notFound(id, target.name());
        }
        target.removeManifest(id);
    }

    /**
     * Removes the blobs that no backup needs and that are old enough.
     *
     * @throws VectorDbException when a manifest cannot be read: nobody knows what it needs
     */
    public CollectReport collect() throws IOException {
        Instant before = clock.instant().minus(grace);
        target.sweep(before);
        List<StoredBlob> all = target.blobs();
        Set<BlobId> live = live();
        long removed = 0;
        long removedBytes = 0;
        long kept = 0;
        for (StoredBlob blob : all) {
            if (live.contains(blob.id())) {
                continue;
            }
            if (target.removeIfOlder(blob.id(), before)) {
                removed++;
                removedBytes += blob.bytes();
            } else {
                kept++;
            }
        }
        return new CollectReport(removed, removedBytes, kept);
    }

    private Set<BlobId> live() throws IOException {
        Set<BlobId> live = new HashSet<>();
        for (String id : target.manifests()) {
            Optional<byte[]> manifest = target.manifest(id);
            if (manifest.isPresent()) {
                ManifestFormat.decode(id, manifest.get()).getShardsList().stream()
                        .flatMap(shard -> shard.getFilesList().stream())
                        .forEach(file -> live.add(new BlobId(file.getSha256())));
            }
        }
        return live;
    }
}
