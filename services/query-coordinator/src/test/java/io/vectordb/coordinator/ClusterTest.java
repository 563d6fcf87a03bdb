package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.await;
import static io.vectordb.coordinator.TestDatabase.failure;
import static io.vectordb.coordinator.TestReplicas.FIRST;
import static io.vectordb.coordinator.TestReplicas.SECOND;
import static io.vectordb.coordinator.TestReplicas.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.AuditEntry;
import io.vectordb.v1.CompactShardRequest;
import io.vectordb.v1.FormatDiskRequest;
import io.vectordb.v1.GetClusterRequest;
import io.vectordb.v1.GetClusterResponse;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.GetSettingsRequest;
import io.vectordb.v1.IndexSegment;
import io.vectordb.v1.IndexView;
import io.vectordb.v1.ListAuditEntriesRequest;
import io.vectordb.v1.ListAuditEntriesResponse;
import io.vectordb.v1.ListNodesRequest;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.ListShardsResponse;
import io.vectordb.v1.Node;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Replica;
import io.vectordb.v1.ReplicaMaintenance;
import io.vectordb.v1.Settings;
import io.vectordb.v1.Shard;
import io.vectordb.v1.SnapshotShardRequest;
import io.vectordb.v1.TransferLeaderRequest;
import io.vectordb.v1.UnsafeRecoverRequest;
import io.vectordb.v1.UpdateSettingsRequest;
import io.vectordb.v1.VerifyShardRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a cluster of three storage nodes, and what they ask of its shards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {

    private TestReplicas replicas;
    private TestDatabase database;
    private String collection;

    @BeforeAll
    void start(@TempDir Path folder) {
        replicas = new TestReplicas(folder);
        database = replicas.database;
        collection = database.collection(2);
        for (int i = 0; i < 50; i++) {
            database.records().write(write(collection, upsert("id", "k" + i, "n", i, "v", new float[] {i, 0, 0})));
        }
        await(() -> cluster().getHealth().equals("healthy"));
    }

    @AfterAll
    void stop() {
        replicas.close();
    }

    private GetClusterResponse cluster() {
        return database.cluster().getCluster(GetClusterRequest.getDefaultInstance());
    }

    private ListShardsResponse shards(ListShardsRequest.Builder request) {
        return database.cluster().listShards(request.build());
    }

    private Shard shard() {
        return shards(ListShardsRequest.newBuilder().setCollection(collection)).getShards(0);
    }

    private List<AuditEntry> audit() {
        return database.admin()
                .listAuditEntries(ListAuditEntriesRequest.getDefaultInstance())
                .getEntriesList();
    }

    /** What was written down of an action, oldest first. */
    private List<String> outcomes(String action) {
        return audit().stream()
                .filter(entry -> entry.getAction().equals(action))
                .map(AuditEntry::getOutcome)
                .toList();
    }

    @Test
    @Order(1)
    void nodesDisksAndShardsAreListedWhole() {
        List<Node> nodes = database.cluster()
                .listNodes(ListNodesRequest.getDefaultInstance())
                .getNodesList();
        assertThat(nodes).extracting(Node::getState).containsOnly("up");
        assertThat(nodes).extracting(Node::getId).contains(FIRST, SECOND, THIRD).isSorted();
        assertThat(nodes)
                .filteredOn(node -> node.getService().equals("storage"))
                .allSatisfy(node -> {
                    assertThat(node.getDisksCount()).isEqualTo(1);
                    assertThat(node.getDisks(0).getHealth()).isEqualTo("healthy");
                    assertThat(node.getDisks(0).getTotalBytes()).isPositive();
                    assertThat(node.getDisks(0).getPath()).isNotEmpty();
                    assertThat(node.getDisks(0).hasFailure()).isFalse();
                });
        List<Shard> shards =
                shards(ListShardsRequest.newBuilder().setCollection(collection)).getShardsList();
        assertThat(shards).extracting(Shard::getId).containsExactly(collection + "-0", collection + "-1");
        assertThat(shards.stream().mapToLong(Shard::getRecords).sum()).isEqualTo(50);
        assertThat(shards).allSatisfy(shard -> {
            assertThat(shard.getLeader()).isIn(FIRST, SECOND, THIRD);
            assertThat(shard.getBytes()).isPositive();
            assertThat(shard.getReplicasList())
                    .extracting(Replica::getNode)
                    .containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
            assertThat(shard.getReplicasList()).extracting(Replica::getRole).contains("leader", "follower");
            assertThat(shard.getReplicasList()).extracting(Replica::getLag).allMatch(lag -> lag >= 0);
            assertThat(shard.getReplicasList()).extracting(Replica::getDisk).doesNotContain("");
            assertThat(shard.getViewsCount()).isEqualTo(1);
        });
    }

    @Test
    @Order(2)
    void listsComeInPagesAndUnknownNamesAreRefused() {
        ListShardsResponse first = shards(ListShardsRequest.newBuilder().setLimit(1));
        assertThat(first.getShardsList()).extracting(Shard::getId).containsExactly(collection + "-0");
        ListShardsResponse second =
                shards(ListShardsRequest.newBuilder().setLimit(1).setCursor(first.getNextCursor()));
        assertThat(second.getShardsList()).extracting(Shard::getId).containsExactly(collection + "-1");
        assertThat(second.getNextCursor()).isEmpty();
        assertThat(shards(ListShardsRequest.newBuilder().setNode(SECOND)).getShardsCount())
                .isEqualTo(2);
        assertThat(failure(() -> shards(ListShardsRequest.newBuilder().setNode("none")))
                        .code())
                .isEqualTo(ErrorCode.NODE_NOT_FOUND);
        assertThat(failure(() -> shards(ListShardsRequest.newBuilder().setCollection("none")))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(failure(() -> shards(ListShardsRequest.newBuilder().setCursor("?")))
                        .code())
                .isEqualTo(ErrorCode.INVALID_CURSOR);
        assertThat(failure(() -> shards(ListShardsRequest.newBuilder().setLimit(-1)))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    @Order(2)
    void viewsAreShownWithTheirSegmentsAndAreOneShardsWhenItIsNamed() {
        await(() -> shards(ListShardsRequest.newBuilder()).getShardsList().stream()
                        .map(shard -> shard.getViews(0))
                        .filter(view -> view.getState().equals("serving"))
                        .mapToLong(IndexView::getRecords)
                        .sum()
                == 50);
        List<Shard> named = shards(ListShardsRequest.newBuilder().setShard(collection + "-1"))
                .getShardsList();
        assertThat(named).extracting(Shard::getId).containsExactly(collection + "-1");
        IndexView view = named.getFirst().getViews(0);
        assertThat(view.getNode()).isEqualTo("index-1");
        assertThat(view.getReason()).isEmpty();
        assertThat(view.getWatermark()).isPositive();
        assertThat(view.getLag()).isNotNegative();
        assertThat(view.getRecords()).isEqualTo(named.getFirst().getRecords());
        assertThat(view.getSinceConfirmed().getSeconds()).isBetween(0L, 60L);
        assertThat(view.getSegments()).isEqualTo(view.getSegmentListCount()).isPositive();
        assertThat(view.getSegmentListList().stream()
                        .mapToLong(IndexSegment::getLiveRows)
                        .sum())
                .isEqualTo(view.getRecords());
        assertThat(view.getSegmentList(view.getSegmentListCount() - 1).getPlace())
                .isEqualTo("growing");
        assertThat(failure(() -> shards(ListShardsRequest.newBuilder().setShard(collection + "-9")))
                        .code())
                .isEqualTo(ErrorCode.SHARD_NOT_FOUND);
    }

    private Shard transfer(String to, boolean dryRun) {
        return database.cluster()
                .transferLeader(TransferLeaderRequest.newBuilder()
                        .setShard(collection + "-0")
                        .setToNode(to)
                        .setDryRun(dryRun)
                        .setTimeout(Requests.millis(45_000))
                        .build());
    }

    @Test
    @Order(2)
    void nodesShowTheirStatesAndWhenTheyWereHeard() {
        assertThat(database.cluster()
                        .listNodes(ListNodesRequest.getDefaultInstance())
                        .getNodesList())
                .allSatisfy(node -> {
                    assertThat(node.getState()).isEqualTo("up");
                    assertThat(node.getVersion()).isNotEmpty();
                    assertThat(node.hasSinceHeartbeat()).isTrue();
                    assertThat(node.getSinceHeartbeat().getSeconds()).isLessThan(60);
                });
    }

    @Test
    @Order(2)
    void settingsAreChangedAtRunTimeCheckedAndWrittenDown() {
        Settings before = database.cluster().getSettings(GetSettingsRequest.getDefaultInstance());
        assertThat(before.getValuesMap()).containsEntry("nodes.suspect_after", "5s");
        UpdateSettingsRequest change = UpdateSettingsRequest.newBuilder()
                .putSet("nodes.dead_after", "20m")
                .setIfVersion(before.getVersion())
                .build();
        assertThat(database.cluster()
                        .updateSettings(change.toBuilder().setDryRun(true).build())
                        .getValuesMap())
                .containsEntry("nodes.dead_after", "20m");
        assertThat(database.cluster().getSettings(GetSettingsRequest.getDefaultInstance()))
                .isEqualTo(before);
        Settings after = database.cluster().updateSettings(change);
        assertThat(after.getVersion()).isPositive();
        assertThat(database.cluster().getSettings(GetSettingsRequest.getDefaultInstance()))
                .isEqualTo(after);
        assertThat(failure(() -> database.cluster().updateSettings(change)).code())
                .isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(failure(() -> database.cluster()
                                .updateSettings(UpdateSettingsRequest.newBuilder()
                                        .putSet("nodes.dead_after", "never")
                                        .build()))
                        .violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.path()).isEqualTo("set.nodes.dead_after"));
        // The first change is that of the set-up.
        assertThat(outcomes("update_settings"))
                .startsWith("begun", "succeeded", "begun", "succeeded", "begun")
                .hasSize(8);
        database.cluster()
                .updateSettings(UpdateSettingsRequest.newBuilder()
                        .addUnset("nodes.dead_after")
                        .build());
    }

    @Test
    @Order(3)
    void leadershipIsTransferredOnceAndWrittenDown() {
        String leader = shard().getLeader();
        String other = leader.equals(SECOND) ? THIRD : SECOND;
        assertThat(transfer(other, true).getLeader()).isEqualTo(leader);
        assertThat(outcomes("transfer_leader")).isEmpty();
        assertThat(transfer(other, false).getLeader()).isEqualTo(other);
        assertThat(transfer(other, false).getLeader()).isEqualTo(other);
        assertThat(outcomes("transfer_leader")).containsExactly("begun", "succeeded");
        assertThat(failure(() -> transfer("none", false)).code()).isEqualTo(ErrorCode.NODE_NOT_FOUND);
        assertThat(failure(() -> transfer("", false)).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        VectorDbException noReplica = failure(() -> transfer("index-1", false));
        assertThat(noReplica.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(noReplica).hasMessageContaining(FIRST);
        VectorDbException noShard = failure(() -> database.cluster()
                .transferLeader(TransferLeaderRequest.newBuilder()
                        .setShard(collection + "-9")
                        .setToNode(FIRST)
                        .build()));
        assertThat(noShard.code()).isEqualTo(ErrorCode.SHARD_NOT_FOUND);
        assertThat(noShard).hasMessageContaining("did you mean");
        assertThat(outcomes("transfer_leader")).hasSize(2);
    }

    private Operation ended(Operation started) {
        return database.operations()
                .getOperation(GetOperationRequest.newBuilder()
                        .setOperation(started.getId())
                        .setWait(true)
                        .setTimeout(Requests.millis(60_000))
                        .build());
    }

    @Test
    @Order(4)
    void snapshotCompactionAndComparisonReachAllReplicas() {
        List<ReplicaMaintenance> done = database.cluster()
                .snapshotShard(SnapshotShardRequest.newBuilder()
                        .setShard(collection + "-0")
                        .build())
                .getReplicasList();
        assertThat(done).extracting(ReplicaMaintenance::getNode).containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
        assertThat(done).noneMatch(ReplicaMaintenance::hasError);
        assertThat(done).extracting(ReplicaMaintenance::getAppliedIndex).allMatch(index -> index > 0);
        Operation compacted = ended(database.cluster()
                .compactShard(CompactShardRequest.newBuilder()
                        .setShard(collection + "-0")
                        .build()));
        assertThat(compacted.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(compacted.getResult().getValuesMap()).containsKeys(FIRST, SECOND, THIRD);
        Operation verified = ended(database.admin()
                .verifyShard(VerifyShardRequest.newBuilder()
                        .setShard(collection + "-0")
                        .build()));
        assertThat(verified.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(verified.getResult().getValuesOrThrow("alike").getBoolValue())
                .isTrue();
        assertThat(verified.getResult()
                        .getValuesOrThrow("replicas")
                        .getObjectValue()
                        .getValuesMap())
                .containsOnlyKeys(FIRST, SECOND, THIRD)
                .allSatisfy((_, found) -> assertThat(found.getStringValue()).isEqualTo("alike"));
        assertThat(outcomes("snapshot_shard")).containsExactly("begun", "succeeded");
        assertThat(outcomes("compact_shard")).containsExactly("begun", "succeeded");
        VectorDbException refused = failure(() -> database.cluster()
                .compactShard(CompactShardRequest.newBuilder()
                        .setShard(collection + "-0")
                        .setNode("index-1")
                        .build()));
        assertThat(refused.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
    }

    @Test
    @Order(5)
    void aDiskThatIsThereIsNotFormatted() {
        FormatDiskRequest.Builder request =
                FormatDiskRequest.newBuilder().setNode(SECOND).setFolder("/nowhere");
        failure(() -> database.cluster().formatDisk(request.build()));
        assertThat(outcomes("format_disk")).hasSize(2).first().isEqualTo("begun");
        assertThat(outcomes("format_disk").getLast()).startsWith("failed: ");
        assertThat(failure(() -> database.cluster()
                                .formatDisk(request.clone().setNode("none").build()))
                        .code())
                .isEqualTo(ErrorCode.NODE_NOT_FOUND);
        assertThat(failure(() -> database.cluster()
                                .formatDisk(request.clone().clearFolder().build()))
                        .code())
                .isEqualTo(ErrorCode.MISSING_MEMBER);
    }

    @Test
    @Order(6)
    void theAuditLogIsChainedAndComesInPages() {
        List<AuditEntry> all = audit();
        String previous = "";
        for (AuditEntry entry : all) {
            assertThat(entry.getPreviousHash()).isEqualTo(previous);
            previous = entry.getHash();
        }
        ListAuditEntriesResponse first = database.admin()
                .listAuditEntries(
                        ListAuditEntriesRequest.newBuilder().setLimit(2).build());
        assertThat(first.getEntriesList()).isEqualTo(all.subList(0, 2));
        assertThat(database.admin()
                        .listAuditEntries(ListAuditEntriesRequest.newBuilder()
                                .setCursor(first.getNextCursor())
                                .build())
                        .getEntriesList())
                .isEqualTo(all.subList(2, all.size()));
        assertThat(database.admin()
                        .listAuditEntries(ListAuditEntriesRequest.newBuilder()
                                .setActor("nobody")
                                .build())
                        .getEntriesCount())
                .isZero();
        assertThat(database.admin()
                        .listAuditEntries(ListAuditEntriesRequest.newBuilder()
                                .setSince(all.getLast().getTime())
                                .build())
                        .getEntriesList())
                .contains(all.getLast());
    }

    private VectorDbException refusedRecovery(boolean dryRun) {
        return failure(() -> database.admin()
                .unsafeRecover(UnsafeRecoverRequest.newBuilder()
                        .setShard(collection + "-0")
                        .setConfirmClusterId(cluster().getClusterId())
                        .setDryRun(dryRun)
                        .build()));
    }

    @Test
    @Order(7)
    void aNodeThatIsAwayIsShownAndAShardWithAMajorityIsNotRecoveredByForce() {
        assertThat(refusedRecovery(true).code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        replicas.stop(THIRD);
        await(() -> shard().getReplicasList().stream()
                .anyMatch(each -> each.getNode().equals(THIRD) && each.getRole().equals("unreachable")));
        await(() -> !shard().getLeader().isEmpty() && !shard().getLeader().equals(THIRD));
        assertThat(shard().getReplicasList())
                .filteredOn(each -> each.getNode().equals(THIRD))
                .allSatisfy(replica -> {
                    assertThat(replica.getReason()).isNotEmpty();
                    assertThat(replica.getAppliedIndex()).isEqualTo(-1);
                });
        assertThat(database.cluster()
                        .listNodes(ListNodesRequest.getDefaultInstance())
                        .getNodesList())
                .filteredOn(node -> !node.getState().equals("up"))
                .extracting(Node::getId)
                .containsExactly(THIRD);
        await(() -> cluster().getHealth().equals("degraded"));
        GetClusterResponse degraded = cluster();
        assertThat(degraded.getUnderReplicated()).isEqualTo(2);
        assertThat(degraded.getReasonsList()).anyMatch(reason -> reason.contains(THIRD));
        assertThat(failure(() -> transfer(THIRD, false)).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(refusedRecovery(false).code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(outcomes("unsafe_recover")).singleElement().asString().startsWith("refused: OPERATION_CONFLICT");
        Operation verified = ended(database.admin()
                .verifyShard(VerifyShardRequest.newBuilder()
                        .setShard(collection + "-0")
                        .build()));
        assertThat(verified.getResult()
                        .getValuesOrThrow("unanswered")
                        .getListValue()
                        .getItems(0)
                        .getStringValue())
                .isEqualTo(THIRD);
    }
}
