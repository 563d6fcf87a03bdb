package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.vectordb.backup.BackupTarget;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Backups;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.RestoreShardRequest;
import io.vectordb.internal.storage.v1.RestoredShard;
import io.vectordb.schema.CollectionNames;
import io.vectordb.service.BackupProperties;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RestoreBackupRequest;
import io.vectordb.v1.ShardSeq;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes new collections of backups. A collection is created so that nobody can use it, filled shard by shard, compared, and
 * made ready in the end; when that fails it is deleted again.
 */
final class BackupRestore {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRestore.class);

    private final Catalog catalog;
    private final CollectionAdmin collections;
    private final BackupCalls calls;
    private final BackupTargets targets;
    private final InstantSource clock;
    private final BackupProperties properties;
    private final CoordinatorProperties times;

    BackupRestore(
            Catalog catalog,
            CollectionAdmin collections,
            BackupCalls calls,
            BackupTargets targets,
            InstantSource clock,
            BackupProperties properties,
            CoordinatorProperties times) {
        this.catalog = catalog;
        this.collections = collections;
        this.calls = calls;
        this.targets = targets;
        this.clock = clock;
        this.properties = properties;
        this.times = times;
    }

    Fields run(RestoreBackupRequest request, Operations.Handle handle) throws IOException, InterruptedException {
        BackupTarget target = targets.find(request.getTarget())
                .orElseThrow(() -> Backups.notFound(request.getBackup(), request.getTarget()));
        BackupManifest manifest = new Backups(target, clock, properties.grace()).get(request.getBackup());
        Map<String, Long> positions = positions(request, manifest);
        CollectionState made = create(request, manifest);
        boolean done = false;
        try {
            collections.awaitLeaders(made, time()).block();
            long records = fill(request, manifest, made, positions, handle);
            catalog.finish(
                            FinishCollectionRequest.newBuilder()
                                    .setUid(made.getCollection().getUid())
                                    .build(),
                            time())
                    .block();
            done = true;
            return Fields.newBuilder()
                    .putValues(
                            "collection",
                            BackupMessages.text(made.getCollection().getName()))
                    .putValues("backup", BackupMessages.text(manifest.getId()))
                    .putValues("records", BackupMessages.number(records))
                    .build();
        } finally {
            if (!done) {
                delete(made);
            }
        }
    }

    private TimeBudget time() {
        return TimeBudget.start(false, Duration.getDefaultInstance(), times);
    }

    /** The positions by the uids of the shards; what lies outside of the backup is refused before anything is made. */
    private static Map<String, Long> positions(RestoreBackupRequest request, BackupManifest manifest) {
        Map<String, ShardBackup> byName = new HashMap<>();
        for (ShardBackup shard : manifest.getShardsList()) {
            byName.put(shard.getShard(), shard);
        }
        for (ShardState shard : manifest.getCollection().getShardsList()) {
            ShardBackup backup = byName.get(shard.getUid());
            if (backup != null) {
                byName.put(shard.getName(), backup);
            }
        }
        Map<String, Long> positions = new HashMap<>();
        for (ShardSeq position : request.getPositionList()) {
            ShardBackup shard = byName.get(position.getShard());
            if (shard == null) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "position: the backup has no shard " + position.getShard(),
                        Map.of("shard", position.getShard()));
            }
            if (position.getSeq() < shard.getFloorSeq() || position.getSeq() > shard.getSeq()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "position of shard " + position.getShard() + ": expected " + shard.getFloorSeq() + " to "
                                + shard.getSeq() + ", received " + position.getSeq(),
                        Map.of("shard", position.getShard()));
            }
            positions.put(shard.getShard(), position.getSeq());
        }
        return positions;
    }

    private CollectionState create(RestoreBackupRequest request, BackupManifest manifest) {
        Collection old = manifest.getCollection().getCollection();
        CollectionSettings.Builder settings = old.getSettings().toBuilder().setReplicas(request.getReplicas());
        Collection wanted = Collection.newBuilder()
                .setName(CollectionNames.check(request.getInto().isEmpty() ? old.getName() : request.getInto()))
                .setSchema(old.getSchema())
                .setSchemaVersion(old.getSchemaVersion())
                .setSettings(settings)
                .setState(Collection.State.CREATING)
                .build();
        return catalog.create(
                        CreateCollectionRequest.newBuilder()
                                .setCollection(wanted)
                                .setRequestId(RequestIds.orNew(""))
                                .build(),
                        time())
                .blockOptional()
                .orElseThrow()
                .getCollection();
    }

    private long fill(
            RestoreBackupRequest request,
            BackupManifest manifest,
            CollectionState made,
            Map<String, Long> positions,
            Operations.Handle handle)
            throws InterruptedException {
        long total = positions.isEmpty()
                ? manifest.getShardsList().stream()
                        .mapToLong(ShardBackup::getRecords)
                        .sum()
                : 0;
        Tally tally = new Tally(handle, "restoring", "records", total);
        List<RestoredShard> restored = ShardTasks.forEach(made.getShardsList(), shard -> {
            RestoredShard result = calls.restore(
                    shard,
                    RestoreShardRequest.newBuilder()
                            .setShard(shard.getUid())
                            .setTarget(request.getTarget())
                            .setBackup(manifest.getId())
                            .setBucketFrom(shard.getBucketFrom())
                            .setBucketTo(shard.getBucketTo())
                            .putAllPositions(positions)
                            .build(),
                    records -> tally.reached(shard.getUid(), records));
            compare(shard, result, manifest, positions);
            return result;
        });
        return restored.stream().mapToLong(RestoredShard::getRecords).sum();
    }

    /** The node has compared with what it read; this compares with what was there when the backup was made. */
    private static void compare(
            ShardState shard, RestoredShard result, BackupManifest manifest, Map<String, Long> positions) {
        for (ShardBackup backup : manifest.getShardsList()) {
            boolean isSame = backup.getBucketFrom() == shard.getBucketFrom()
                    && backup.getBucketTo() == shard.getBucketTo()
                    && positions.getOrDefault(backup.getShard(), backup.getSeq()) == backup.getSeq();
            if (isSame && !backup.getContentSha256().equals(result.getContentSha256())) {
                throw new VectorDbException(
                        ErrorCode.SEGMENT_CORRUPT,
                        "shard " + shard.getName() + " has the hash " + result.getContentSha256()
                                + " after the restore, the backup has " + backup.getContentSha256(),
                        Map.of("shard", shard.getName()));
            }
        }
    }

    /** The thread may be interrupted; the collection goes all the same. */
    private void delete(CollectionState made) {
        boolean interrupted = Thread.interrupted();
        try {
            catalog.delete(
                            DeleteCollectionRequest.newBuilder()
                                    .setName(made.getCollection().getName())
                                    .setUid(made.getCollection().getUid())
                                    .setIfExists(true)
                                    .setRequestId(RequestIds.orNew(""))
                                    .build(),
                            time())
                    .block();
        } catch (RuntimeException e) {
            LOG.warn(
                    "the collection {} was not restored whole and cannot be deleted: delete it by hand",
                    made.getCollection().getName(),
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
