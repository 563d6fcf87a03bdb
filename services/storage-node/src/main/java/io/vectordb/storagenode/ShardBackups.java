package io.vectordb.storagenode;

import io.vectordb.backup.BackupTarget;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.FileCopier;
import io.vectordb.backup.Pace;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.storage.v1.BackupShardRequest;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Copies replicas of this node to a target: a checkpoint by hard links, which costs a flush and no space, whose files are
 * checked, hashed and put where the target lacks them. Blocks; any number of threads.
 */
final class ShardBackups {

    private static final long CATCH_UP_SECONDS = 30;

    private final DiskServers node;
    private final ShardReplicas replicas;
    private final StorageResources resources;
    private final BackupTargets targets;
    private final Pace pace;

    ShardBackups(
            DiskServers node, ShardReplicas replicas, StorageResources resources, BackupTargets targets, Pace pace) {
        this.node = node;
        this.replicas = replicas;
        this.resources = resources;
        this.targets = targets;
        this.pace = pace;
    }

    /** The files of the replica as of {@code min_seq} or later, all of them in the target. */
    ShardBackup backUp(BackupShardRequest request, BackupProgress progress) {
        GroupId group = replicas.group(request.getShard());
        awaitPosition(group, request.getMinSeq());
        ShardReplica replica = replicas.replica(group);
        try (ScratchFolder scratch = replica.scratch()) {
            BackupTarget target = targets.make(request.getTarget());
            Path checkpoint = scratch.path().resolve("checkpoint");
            replica.checkpoint(checkpoint);
            Path files = ShardReplica.database(checkpoint);
            ShardBackup.Builder backup = describe(request, files, progress);
            return copy(files, backup, new FileCopier(target, pace.and(progress)), progress);
        } catch (IOException e) {
            throw new UncheckedIOException("the backup of " + group + " failed: " + e.getMessage(), e);
        }
    }

    private void awaitPosition(GroupId group, long minSeq) {
        if (minSeq == 0) {
            return;
        }
        ShardStore store = replicas.store(group);
        try {
            store.changeAfter(minSeq - 1)
                    .completeOnTimeout(null, CATCH_UP_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the replica of " + group + " was closed");
        }
        if (store.lastDataSeq() < minSeq) {
            throw new VectorDbException(
                    ErrorCode.STALE,
                    "the replica of " + group + " is at " + store.lastDataSeq() + ", the backup needs " + minSeq,
                    Map.of("reached", Long.toString(store.lastDataSeq()), "asked", Long.toString(minSeq)));
        }
    }

    private ShardBackup.Builder describe(BackupShardRequest request, Path files, BackupProgress progress) {
        try (ShardArchive archive = ShardArchive.open(files, resources)) {
            progress.check();
            archive.verifyChecksums();
            RecordsHasher hasher = new RecordsHasher(progress::check);
            archive.hash(archive.lastDataSeq(), request.getBucketFrom(), request.getBucketTo(), hasher);
            RecordsHash records = hasher.hash();
            return ShardBackup.newBuilder()
                    .setShard(archive.identity().shardUid())
                    .setIncarnation(archive.identity().incarnation())
                    .setBucketFrom(request.getBucketFrom())
                    .setBucketTo(request.getBucketTo())
                    .setNode(node.nodeId())
                    .setTerm(archive.applied().term())
                    .setLogIndex(archive.applied().index())
                    .setSeq(archive.lastDataSeq())
                    .setFloorSeq(archive.floorSeq())
                    .setRecords(records.records())
                    .setContentSha256(records.sha256());
        }
    }

    private static ShardBackup copy(Path folder, ShardBackup.Builder backup, FileCopier copier, BackupProgress progress)
            throws IOException {
        List<Path> files = files(folder);
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        progress.expect(total);
        for (Path file : files) {
            progress.check();
            backup.addFiles(copier.store(file, String.valueOf(file.getFileName())));
        }
        return backup.setNewBytes(copier.newBytes()).build();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
