package io.vectordb.storagenode;

import io.vectordb.backup.BackupTarget;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Backups;
import io.vectordb.backup.FileCopier;
import io.vectordb.backup.Pace;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.storage.v1.RestoreShardRequest;
import io.vectordb.internal.storage.v1.RestoredShard;
import io.vectordb.raft.GroupId;
import io.vectordb.storage.RecordsHash;
import io.vectordb.storage.RecordsHasher;
import io.vectordb.storage.ShardArchive;
import io.vectordb.storage.ShardStore;
import io.vectordb.storage.StorageResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * Fills shards that this node leads from backups: the files of a shard are fetched and compared with their hashes, its
 * records are read as of a position and written to the log of the new shard, and what the new shard holds in the end is
 * compared with what was read.
 *
 * <p>Doing it again, here or at another leader, writes the same records again. Blocks; any number of threads.
 */
final class ShardRestores {

    private static final Duration BARRIER = Duration.ofSeconds(30);
    /** Of the files of a shard, as free space: the archive writes nothing, but others do meanwhile. */
    private static final double SPACE = 1.3;

    private final DiskServers node;
    private final ShardReplicas replicas;
    private final WriteCoalescer writes;
    private final StorageResources resources;
    private final BackupTargets targets;
    private final Pace pace;

    ShardRestores(
            DiskServers node,
            ShardReplicas replicas,
            WriteCoalescer writes,
            StorageResources resources,
            BackupTargets targets,
            Pace pace) {
        this.node = node;
        this.replicas = replicas;
        this.writes = writes;
        this.resources = resources;
        this.targets = targets;
        this.pace = pace;
    }

    RestoredShard restore(RestoreShardRequest request, BackupProgress progress) {
        GroupId group = replicas.group(request.getShard());
        barrier(group);
        RecordsHasher expected = new RecordsHasher(progress::check);
        try (ScratchFolder scratch = replicas.replica(group).scratch();
                RestoreWriter writer = new RestoreWriter(writes, group, progress)) {
            BackupTarget target = targets.find(request.getTarget())
                    .orElseThrow(() -> Backups.notFound(request.getBackup(), request.getTarget()));
            BackupManifest manifest =
                    new Backups(target, InstantSource.system(), Backups.GRACE).get(request.getBackup());
            for (ShardBackup shard : overlapping(manifest, request)) {
                Path folder = fetch(shard, scratch, target, progress);
                read(folder, shard, request, expected, writer);
                ScratchFolder.delete(folder);
            }
            writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException("the restore of " + group + " failed: " + e.getMessage(), e);
        }
        return compare(group, request, expected.hash(), progress);
    }

    private void barrier(GroupId group) {
        try {
            node.of(group).barrier(group, BARRIER).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof VectorDbException known ? known : e;
        }
    }

    private static List<ShardBackup> overlapping(BackupManifest manifest, RestoreShardRequest request) {
        return manifest.getShardsList().stream()
                .filter(shard ->
                        shard.getBucketFrom() < request.getBucketTo() && shard.getBucketTo() > request.getBucketFrom())
                .sorted(Comparator.comparingInt(ShardBackup::getBucketFrom))
                .toList();
    }

    private Path fetch(ShardBackup shard, ScratchFolder scratch, BackupTarget target, BackupProgress progress)
            throws IOException {
        Path folder = Files.createDirectories(scratch.path().resolve(shard.getShard()));
        long bytes =
                shard.getFilesList().stream().mapToLong(BackupFile::getBytes).sum();
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes * SPACE) {
            throw new VectorDbException(
                    ErrorCode.DISK_FULL,
                    "restoring shard " + shard.getShard() + " needs " + (long) (bytes * SPACE)
                            + " bytes for a while, there are " + free,
                    Map.of("free", Long.toString(free)));
        }
        progress.expect(bytes);
        FileCopier copier = new FileCopier(target, pace.and(progress));
        for (BackupFile file : shard.getFilesList()) {
            copier.fetch(file, folder);
        }
        return folder;
    }

    private void read(
            Path folder, ShardBackup shard, RestoreShardRequest request, RecordsHasher expected, RestoreWriter writer) {
        int from = Math.max(shard.getBucketFrom(), request.getBucketFrom());
        int to = Math.min(shard.getBucketTo(), request.getBucketTo());
        try (ShardArchive archive = ShardArchive.open(folder, resources)) {
            long position = request.getPositionsOrDefault(shard.getShard(), archive.lastDataSeq());
            if (position < archive.floorSeq() || position > archive.lastDataSeq()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "position of shard " + shard.getShard() + ": expected " + archive.floorSeq() + " to "
                                + archive.lastDataSeq() + ", received " + position,
                        Map.of("shard", shard.getShard()));
            }
            archive.read(position, from, to, expected, writer::add);
        }
    }

    private RestoredShard compare(
            GroupId group, RestoreShardRequest request, RecordsHash expected, BackupProgress progress) {
        barrier(group);
        ShardStore store = replicas.store(group);
        long seq = store.lastDataSeq();
        RecordsHash found = store.recordsHash(seq, request.getBucketFrom(), request.getBucketTo(), progress::check);
        if (!found.equals(expected)) {
            throw new VectorDbException(
                    ErrorCode.SEGMENT_CORRUPT,
                    "shard " + request.getShard() + " holds " + found + " after the restore, expected " + expected,
                    Map.of("shard", request.getShard()));
        }
        return RestoredShard.newBuilder()
                .setRecords(found.records())
                .setContentSha256(found.sha256())
                .setSeq(seq)
                .build();
    }
}
