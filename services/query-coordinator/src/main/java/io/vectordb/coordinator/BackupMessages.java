package io.vectordb.coordinator;

import io.vectordb.common.Seq;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.v1.Backup;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ShardSeq;
import io.vectordb.v1.Value;

/** Manifests and results as clients see them. */
final class BackupMessages {

    private BackupMessages() {}

    static Backup backup(BackupManifest manifest, String target) {
        Backup.Builder backup = Backup.newBuilder()
                .setId(manifest.getId())
                .setCollection(manifest.getCollection().getCollection().getName())
                .setTarget(target)
                .setTime(manifest.getTime())
                .setHash(manifest.getHash());
        for (ShardBackup shard : manifest.getShardsList()) {
            backup.addPosition(position(manifest, shard, shard.getSeq()))
                    .addEarliestPosition(position(manifest, shard, shard.getFloorSeq()))
                    .setBytes(backup.getBytes()
                            + shard.getFilesList().stream()
                                    .mapToLong(BackupFile::getBytes)
                                    .sum())
                    .setNewBytes(backup.getNewBytes() + shard.getNewBytes())
                    .setRecords(backup.getRecords() + shard.getRecords());
        }
        return backup.build();
    }

    private static ShardSeq position(BackupManifest manifest, ShardBackup shard, long seq) {
        return ShardSeq.newBuilder()
                .setShard(name(manifest, shard.getShard()))
                .setIncarnation(Seq.ofLong(seq).incarnation())
                .setSeq(seq)
                .build();
    }

    /** The name that clients know the shard by. */
    private static String name(BackupManifest manifest, String uid) {
        return manifest.getCollection().getShardsList().stream()
                .filter(shard -> shard.getUid().equals(uid))
                .map(ShardState::getName)
                .findFirst()
                .orElse(uid);
    }

    static Fields result(Backup backup) {
        return Fields.newBuilder()
                .putValues("backup", text(backup.getId()))
                .putValues("collection", text(backup.getCollection()))
                .putValues("target", text(backup.getTarget()))
                .putValues("records", number(backup.getRecords()))
                .putValues("bytes", number(backup.getBytes()))
                .putValues("new_bytes", number(backup.getNewBytes()))
                .putValues("hash", text(backup.getHash()))
                .build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value number(long number) {
        return Value.newBuilder().setIntValue(number).build();
    }
}
