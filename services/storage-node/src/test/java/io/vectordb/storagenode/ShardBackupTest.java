package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.delete;
import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectordb.backup.BackupTargets;
import io.vectordb.backup.Backups;
import io.vectordb.backup.Pace;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.storage.v1.BackupShardRequest;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.PublishSegment;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.RestoreShardRequest;
import io.vectordb.internal.storage.v1.RestoredShard;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.storage.ShardStore;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard of three replicas is backed up by a follower, and restored into another shard of three. */
class ShardBackupTest {

    private static final String OTHER = "other";
    private static final int BUCKETS = 64;

    @TempDir
    Path folder;

    private final List<TestStorageNode> nodes = new ArrayList<>();
    private BackupTargets targets;

    @BeforeEach
    void start() {
        targets = new BackupTargets(List.of(folder.resolve("backups")), InstantSource.system());
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestStorageNode("n" + i, folder.resolve("n" + i), Ports.free()).join());
        }
        var members = nodes.stream().map(TestStorageNode::node).toList();
        var both = state(1, members, shard(SHARD, "n0", "n1", "n2"), shard(OTHER, "n0", "n1", "n2"));
        nodes.forEach(node -> node.replicas.reconcile(both));
        leaderOf(SHARD);
        leaderOf(OTHER);
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestStorageNode::close);
        assertThat(nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }

    /** Writes to whoever leads. */
    private long write(int from, int to) {
        long seq = 0;
        for (int i = from; i < to; i++) {
            seq = leaderOf(SHARD)
                    .stub()
                    .write(Requests.write("r" + i, put(i, i * 7L), delete(Math.max(0, i - 5))))
                    .getSeq();
        }
        return seq;
    }

    private static Map<String, StoredRecord> records(TestStorageNode node, String shard) {
        Map<String, StoredRecord> all = new TreeMap<>();
        var page = node.replicas.store(node.replicas.group(shard)).scan(0, ByteString.EMPTY, 10_000, 1 << 24);
        for (ScannedRecord record : page.getRecordsList()) {
            all.put(
                    record.getRecord().getKey().getStringKey(),
                    record.getRecord().getRecord());
        }
        return all;
    }

    private ShardBackup backUp(TestStorageNode node, long minSeq) {
        return new ShardBackups(node.raft, node.replicas, node.resources, targets, Pace.FREE)
                .backUp(
                        BackupShardRequest.newBuilder()
                                .setShard(SHARD)
                                .setMinSeq(minSeq)
                                .setBucketTo(BUCKETS)
                                .build(),
                        new BackupProgress(() -> false));
    }

    private void publish(String id, ShardBackup... shards) throws IOException {
        new Backups(targets.make(""), InstantSource.system(), Backups.GRACE)
                .publish(BackupManifest.newBuilder()
                        .setId(id)
                        .addAllShards(List.of(shards))
                        .build());
    }

    private RestoredShard restore(TestStorageNode node, RestoreShardRequest request) {
        return new ShardRestores(node.raft, node.replicas, node.writes, node.resources, targets, Pace.FREE)
                .restore(request, new BackupProgress(() -> false));
    }

    private static RestoreShardRequest request(String backup) {
        return RestoreShardRequest.newBuilder()
                .setShard(OTHER)
                .setBackup(backup)
                .setBucketTo(BUCKETS)
                .build();
    }

    @Test
    void everyReplicaGivesTheSameRecordsAndAnyLeaderRestoresThem() throws IOException {
        long half = write(0, 40);
        Map<String, StoredRecord> early = records(leaderOf(SHARD), SHARD);
        long last = write(40, 80);
        List<ShardBackup> backups =
                nodes.stream().map(node -> backUp(node, last)).toList();
        assertThat(backups)
                .extracting(ShardBackup::getContentSha256)
                .containsOnly(backups.getFirst().getContentSha256());
        assertThat(backups).extracting(ShardBackup::getSeq).containsOnly(last);
        publish("b", backups.get(1));
        TestStorageNode leader = leaderOf(OTHER);
        RestoredShard restored = restore(leader, request("b"));
        assertThat(restored.getContentSha256()).isEqualTo(backups.getFirst().getContentSha256());
        assertThat(records(leader, OTHER)).isEqualTo(records(leaderOf(SHARD), SHARD));
        // Again, as after a change of leaders: the same records.
        assertThat(restore(leader, request("b")).getContentSha256()).isEqualTo(restored.getContentSha256());
        await(() -> nodes.stream().allMatch(node -> records(node, OTHER).equals(records(leader, OTHER))));
        assertThat(early).isNotEqualTo(records(leader, OTHER));
        expectFailure(
                ErrorCode.SEGMENT_CORRUPT,
                () -> restore(
                        leader,
                        request("b").toBuilder().putPositions(SHARD, half).build()));
        assertThat(scratchFiles()).isEmpty();
    }

    private TestStorageNode leaderOf(String shard) {
        return TestStorageNode.leader(nodes, shard);
    }

    /** Around them the nodes write and delete on. */
    private List<Path> scratchFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().contains("/scratch/")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
                if (error instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw error;
            }
        });
        return found;
    }

    /** The whole shard as one segment; no file of it is asked for. */
    private long publishSegment() {
        StorageServiceGrpc.StorageServiceBlockingStub stub = leaderOf(SHARD).stub();
        ChangeSegmentsRequest step =
                ChangeSegmentsRequest.newBuilder().setShard(SHARD).build();
        ShardSegments claimed = stub.changeSegments(step.toBuilder()
                        .setClaim(ClaimBuild.newBuilder().setBuilder("i").setTtlMicros(60_000_000))
                        .build())
                .getSegments();
        long epoch = claimed.getClaim().getEpoch();
        long sealed = stub.changeSegments(step.toBuilder()
                        .setSeal(SealGrowing.newBuilder().setBuilder("i").setEpoch(epoch))
                        .build())
                .getSegments()
                .getSealedSeq();
        ShardSegments published = stub.changeSegments(step.toBuilder()
                        .setPublish(PublishSegment.newBuilder()
                                .setBuilder("i")
                                .setEpoch(epoch)
                                .setSegment(PublishedSegment.newBuilder()
                                        .setId("0".repeat(64))
                                        .setToSeq(sealed)
                                        .setExactFromSeq(sealed)))
                        .build())
                .getSegments();
        assertThat(published.getGeneration()).isEqualTo(1);
        return sealed;
    }

    @Test
    void theRestoredShardBeginsWithoutPublishedSegments() throws IOException {
        write(0, 20);
        long sealed = publishSegment();
        Map<String, StoredRecord> early = records(leaderOf(SHARD), SHARD);
        long last = write(20, 30);
        publish("b", backUp(nodes.get(1), last));
        TestStorageNode leader = leaderOf(OTHER);
        restore(leader, request("b").toBuilder().putPositions(SHARD, sealed).build());
        assertThat(records(leader, OTHER)).isEqualTo(early);
        ShardStore restored = leader.replicas.store(leader.replicas.group(OTHER));
        assertThat(restored.segments()).isEqualTo(ShardSegments.getDefaultInstance());
        assertThat(restored.tail(0, 1 << 20).getSealedSeqsCount()).isZero();
    }

    @Test
    void anEarlierPositionIsRestoredAsItWas() throws IOException {
        long half = write(0, 40);
        Map<String, StoredRecord> early = records(leaderOf(SHARD), SHARD);
        long last = write(40, 60);
        publish("b", backUp(nodes.get(2), last));
        TestStorageNode leader = leaderOf(OTHER);
        restore(leader, request("b").toBuilder().putPositions(SHARD, half).build());
        assertThat(records(leader, OTHER)).isEqualTo(early);
        expectFailure(
                ErrorCode.INVALID_VALUE,
                () -> restore(
                        leader,
                        request("b").toBuilder().putPositions(SHARD, last + 1).build()));
    }

    @Test
    void onlyTheLeaderRestoresAndALateReplicaIsNotBackedUp() throws IOException {
        long last = write(0, 5);
        publish("b", backUp(nodes.getFirst(), last));
        TestStorageNode follower =
                nodes.stream().filter(node -> !node.leads(OTHER)).findFirst().orElseThrow();
        expectFailure(ErrorCode.NOT_LEADER, () -> restore(follower, request("b")));
        expectFailure(ErrorCode.BACKUP_NOT_FOUND, () -> restore(leaderOf(OTHER), request("none")));
    }

    @Test
    void aCallerWhoGoesAwayEndsTheWork() throws IOException {
        long last = write(0, 5);
        BackupProgress abandoned = new BackupProgress(() -> true);
        BackupShardRequest request = BackupShardRequest.newBuilder()
                .setShard(SHARD)
                .setMinSeq(last)
                .setBucketTo(BUCKETS)
                .build();
        TestStorageNode node = nodes.getFirst();
        ShardBackups backups = new ShardBackups(node.raft, node.replicas, node.resources, targets, Pace.FREE);
        expectFailure(ErrorCode.CANCELLED, () -> backups.backUp(request, abandoned));
        assertThat(scratchFiles()).isEmpty();
    }

    private static void expectFailure(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(e -> assertThat(GrpcErrors.fromThrowable(e).code()).isEqualTo(code))
                .isInstanceOf(VectorDbException.class);
    }
}
