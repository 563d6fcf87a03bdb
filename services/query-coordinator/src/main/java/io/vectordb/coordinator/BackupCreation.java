package io.vectordb.coordinator;

import com.google.protobuf.util.Timestamps;
import io.vectordb.backup.BackupTarget;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Backups;
import io.vectordb.backup.BlobId;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.BackupShardRequest;
import io.vectordb.service.BackupProperties;
import io.vectordb.v1.CreateBackupRequest;
import io.vectordb.v1.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Makes backups of whole collections.
 *
 * <p>First the leader of each shard is asked for the position of the last write it acknowledged; then a replica of each is
 * copied as of that position or later. So a backup holds every write that was acknowledged before it began, and of each
 * shard the effects of a prefix of its log. Shards are not as of one moment: a write to several shards may be in the backup
 * of one and not of another, as it is with reads.
 */
final class BackupCreation {

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss").withZone(ZoneOffset.UTC);
    private static final int ID_DIGITS = 6;

    private final Catalog catalog;
    private final BackupCalls calls;
    private final BackupTargets targets;
    private final InstantSource clock;
    private final BackupProperties properties;

    BackupCreation(
            Catalog catalog,
            BackupCalls calls,
            BackupTargets targets,
            InstantSource clock,
            BackupProperties properties) {
        this.catalog = catalog;
        this.calls = calls;
        this.targets = targets;
        this.clock = clock;
        this.properties = properties;
    }

    Fields run(CreateBackupRequest request, CollectionHandle collection, Operations.Handle handle)
            throws IOException, InterruptedException {
        BackupTarget target = targets.make(request.getTarget());
        Backups backups = new Backups(target, clock, properties.grace());
        Optional<BackupManifest> base = base(request, collection, backups);
        Instant began = clock.instant();
        Map<String, Long> positions = new HashMap<>();
        for (ShardState shard : collection.shards()) {
            positions.put(shard.getUid(), calls.position(shard));
        }
        Tally tally = new Tally(handle, "copying", "bytes", 0);
        List<ShardBackup> shards = ShardTasks.forEach(
                collection.shards(),
                shard -> calls.backUp(
                        shard,
                        BackupShardRequest.newBuilder()
                                .setShard(shard.getUid())
                                .setMinSeq(positions.getOrDefault(shard.getUid(), 0L))
                                .setTarget(request.getTarget())
                                .setBucketFrom(shard.getBucketFrom())
                                .setBucketTo(shard.getBucketTo())
                                .build(),
                        base.map(manifest -> node(manifest, shard)).orElse(""),
                        bytes -> tally.reached(shard.getUid(), bytes)));
        BackupManifest manifest = BackupManifest.newBuilder()
                .setId(id(collection.name(), began))
                .setTime(Timestamps.fromMillis(began.toEpochMilli()))
                .setClusterId(catalog.state().getClusterId())
                .setBase(base.map(BackupManifest::getId).orElse(""))
                .setCollection(collection.state())
                .addAllShards(inOrder(shards))
                .setHash(hash(inOrder(shards)))
                .build();
        backups.publish(manifest);
        return BackupMessages.result(BackupMessages.backup(manifest, target.name()));
    }

    private static String id(String collection, Instant time) {
        int random = ThreadLocalRandom.current().nextInt(1 << 4 * ID_DIGITS);
        return collection + "-" + ID_TIME.format(time) + "-" + HexFormat.of().toHexDigits(random, ID_DIGITS);
    }

    /** The backup whose replicas have most of the files: the one that is named, or the newest of this collection. */
    private static Optional<BackupManifest> base(
            CreateBackupRequest request, CollectionHandle collection, Backups backups) throws IOException {
        String uid = collection.collection().getUid();
        if (!request.getBase().isEmpty()) {
            BackupManifest base = backups.get(request.getBase());
            if (!base.getCollection().getCollection().getUid().equals(uid)) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "base: " + base.getId() + " is a backup of another collection",
                        Map.of("base", base.getId()));
            }
            return Optional.of(base);
        }
        return backups.list().stream()
                .filter(each -> each.getCollection().getCollection().getUid().equals(uid))
                .max(Comparator.comparing(BackupManifest::getTime, Timestamps.comparator()));
    }

    private static String node(BackupManifest base, ShardState shard) {
        return base.getShardsList().stream()
                .filter(each -> each.getShard().equals(shard.getUid()))
                .map(ShardBackup::getNode)
                .findFirst()
                .orElse("");
    }

    private static List<ShardBackup> inOrder(List<ShardBackup> shards) {
        List<ShardBackup> sorted = new ArrayList<>(shards);
        sorted.sort(Comparator.comparingInt(ShardBackup::getBucketFrom));
        return sorted;
    }

    /** SHA-256 over the hashes of the shards as text, in order. */
    private static String hash(List<ShardBackup> shards) {
        String all = shards.stream().map(ShardBackup::getContentSha256).collect(Collectors.joining());
        return BlobId.of(all.getBytes(StandardCharsets.US_ASCII)).sha256();
    }
}
