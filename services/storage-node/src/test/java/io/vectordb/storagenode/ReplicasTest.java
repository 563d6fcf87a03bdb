package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.vectordb.common.ErrorCode;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.AddListenerRequest;
import io.vectordb.internal.storage.v1.CompareReplicasRequest;
import io.vectordb.internal.storage.v1.CompareReplicasResponse;
import io.vectordb.internal.storage.v1.GroupVoter;
import io.vectordb.internal.storage.v1.JoinGroupRequest;
import io.vectordb.internal.storage.v1.JoinGroupResponse;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.PromoteListenerRequest;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.RemoveMemberRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.SyncReplicaRequest;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.raft.GroupId;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.storage.AppliedPosition;
import io.vectordb.storage.ShardIdentity;
import io.vectordb.storage.ShardStore;
import io.vectordb.storage.StorageResources;
import io.vectordb.testkit.Ports;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that fall behind, are lost, come anew, are damaged or differ; three nodes in one JVM. */
class ReplicasTest {

    private static final GroupId GROUP = GroupId.of(SHARD + ".1");
    private static final GroupId OTHER = GroupId.of("other.1");

    @TempDir
    Path folder;

    private final Map<String, TestStorageNode> nodes = new TreeMap<>();
    private final Map<String, Integer> ports = new TreeMap<>();
    private ClusterState cluster = ClusterState.getDefaultInstance();

    @BeforeEach
    void startThree() {
        for (int i = 0; i < 3; i++) {
            ports.put("n" + i, Ports.free());
        }
        ports.keySet().forEach(id -> start(id).join());
        List<Node> members = nodes.values().stream().map(TestStorageNode::node).toList();
        cluster = state(1, members, shard(SHARD, "n0", "n1", "n2"), shard("other", "n0", "n1", "n2"));
        nodes.values().forEach(node -> node.replicas.reconcile(cluster));
        leader(SHARD);
        leader("other");
    }

    @AfterEach
    void stopAll() {
        nodes.values().forEach(TestStorageNode::close);
        assertThat(nodes.values()).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }

    private TestStorageNode start(String id) {
        TestStorageNode node = new TestStorageNode(id, folder.resolve(id), ports.getOrDefault(id, 0));
        nodes.put(id, node);
        return node;
    }

    private void stop(String id) {
        node(id).close();
        nodes.remove(id);
    }

    private TestStorageNode node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private TestStorageNode leader(String shard) {
        return TestStorageNode.leader(nodes.values(), shard);
    }

    private String follower() {
        TestStorageNode leader = leader(SHARD);
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue() != leader)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private WriteResponse write(String requestId, RecordOp... ops) {
        return leader(SHARD).stub().write(Requests.write(requestId, ops));
    }

    /** Enough that a segment of the log closes, and what it holds can go. */
    private void writeMuch() {
        Fields large = Fields.newBuilder()
                .putValues(
                        "s",
                        Value.newBuilder().setStringValue("x".repeat(900_000)).build())
                .build();
        for (int i = 0; i < 14; i++) {
            write(
                    "",
                    put(i, i).toBuilder().setPut(large).build(),
                    put(100 + i, i).toBuilder().setPut(large).build(),
                    put(200 + i, i).toBuilder().setPut(large).build());
        }
        for (int i = 0; i < 50; i++) {
            write("", put(i, i));
        }
        leader(SHARD)
                .adminStub()
                .syncReplica(SyncReplicaRequest.newBuilder().setShard(SHARD).build());
    }

    private boolean isCopied(String id) {
        return Files.exists(folder.resolve(id).resolve("groups/" + GROUP + "/state/copied.position"));
    }

    private CompareReplicasResponse compare() {
        return leader(SHARD)
                .adminStub()
                .compareReplicas(
                        CompareReplicasRequest.newBuilder().setShard(SHARD).build());
    }

    private void expectAlike(int replicas) {
        CompareReplicasResponse compared = compare();
        assertThat(compared.getAlike()).as(compared.toString()).isTrue();
        assertThat(compared.getReplicasList())
                .hasSize(replicas)
                .allSatisfy(
                        replica -> assertThat(replica.getHash().getLogIndex()).isEqualTo(compared.getLogIndex()));
    }

    @Test
    void aReplicaFarBehindIsCopiedWithTheMemoryOfRequests() {
        WriteResponse first = write("remembered", put(900, 1));
        String away = follower();
        stop(away);
        writeMuch();
        start(away);
        write("", put(901, 2));
        await(() -> isCopied(away));
        await(() -> node(away).appliedIndex(GROUP) == leader(SHARD).appliedIndex(GROUP));
        expectAlike(3);
        leader(SHARD)
                .adminStub()
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setShard(SHARD)
                        .setNode(away)
                        .build());
        await(() -> node(away).leads(SHARD));
        WriteResponse again = write("remembered", put(900, 1));
        assertThat(again.getUnits(0).getReplayed()).isTrue();
        assertThat(again.getUnits(0).getResults(0).getSeq()).isEqualTo(first.getSeq());
    }

    @Test
    void aNodeWithANewFolderDoesNotVoteAndComesBackAsANewMember() throws IOException {
        write("", put(1, 1));
        String wiped = follower();
        stop(wiped);
        delete(folder.resolve(wiped));
        TestStorageNode node = start(wiped);
        node.replicas.reconcile(cluster);
        await(() -> replica(node).getSetAside().contains("which is not here"));
        assertThat(node.replicas.problem().orElse("")).contains("which is not here");
        assertThatThrownBy(() -> node.adminStub().joinGroup(join()))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.OPERATION_CONFLICT));
        leader(SHARD)
                .adminStub()
                .removeMember(RemoveMemberRequest.newBuilder()
                        .setShard(SHARD)
                        .setNode(wiped)
                        .build());
        JoinGroupResponse joined = node.adminStub().joinGroup(join());
        leader(SHARD)
                .adminStub()
                .addListener(AddListenerRequest.newBuilder()
                        .setShard(SHARD)
                        .setNode(wiped)
                        .setDisk(joined.getDisk())
                        .setRaftAddress(joined.getRaftAddress())
                        .build());
        await(() -> node.appliedIndex(GROUP) == leader(SHARD).appliedIndex(GROUP));
        await(() -> isPromoted(wiped));
        node.replicas.reconcile(cluster.toBuilder().setVersion(2).build());
        expectAlike(3);
        assertThat(replica(node).getMembersList())
                .hasSize(3)
                .allSatisfy(member -> assertThat(member.getVoter()).isTrue());
    }

    /** A listener may have everything some time before the leader knows of it. */
    private boolean isPromoted(String listener) {
        try {
            leader(SHARD)
                    .adminStub()
                    .promoteListener(PromoteListenerRequest.newBuilder()
                            .setShard(SHARD)
                            .setNode(listener)
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(code(e)).isEqualTo(ErrorCode.OPERATION_CONFLICT);
            return false;
        }
    }

    private JoinGroupRequest join() {
        JoinGroupRequest.Builder request =
                JoinGroupRequest.newBuilder().setShard(SHARD).setIncarnation(1);
        nodes.forEach((id, node) -> request.addVoters(GroupVoter.newBuilder()
                .setNode(id)
                .setDisk(node.node().getDisks(0).getId())
                .setRaftAddress(node.node().getDisks(0).getRaftAddress())));
        return request.build();
    }

    private static ReplicaInfo replica(TestStorageNode node) {
        return node.adminStub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicasList().stream()
                .filter(each -> each.getShard().equals(SHARD))
                .findFirst()
                .orElse(ReplicaInfo.getDefaultInstance());
    }

    private static ErrorCode code(Throwable thrown) {
        return GrpcErrors.fromThrowable((StatusRuntimeException) thrown).code();
    }

    @Test
    void aDamagedStoreIsSetAsideAndTheOtherShardsAreServed() throws IOException {
        write("", put(1, 1));
        String id = follower();
        stop(id);
        Files.writeString(folder.resolve(id).resolve("groups/" + GROUP + "/state/db/CURRENT"), "MANIFEST-999999\n");
        TestStorageNode node = start(id);
        node.replicas.reconcile(cluster);
        await(() -> replica(node).getSetAside().contains("cannot open the store"));
        await(() -> node.raft.of(OTHER).leader(OTHER).isPresent());
        write("", put(2, 2));
    }

    @Test
    void replicasThatDifferAreReportedAndLeftAsTheyAre() throws IOException {
        write("", put(1, 1));
        expectAlike(3);
        String id = follower();
        await(() -> node(id).appliedIndex(GROUP) == leader(SHARD).appliedIndex(GROUP));
        stop(id);
        forge(folder.resolve(id).resolve("groups/" + GROUP + "/state/db"));
        start(id);
        await(() -> !node(id).raft.groups().isEmpty());
        write("", put(5, 5));
        CompareReplicasResponse compared = compare();
        assertThat(compared.getAlike()).isFalse();
        assertThat(compared.getReplicasList()).anySatisfy(replica -> {
            assertThat(replica.getNode()).isEqualTo(id);
            assertThat(replica.getDiffersInList()).contains("records");
        });
        assertThat(compare().getAlike()).isFalse();
        assertThatThrownBy(() -> node(id).adminStub()
                        .compareReplicas(CompareReplicasRequest.newBuilder()
                                .setShard(SHARD)
                                .build()))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_LEADER));
    }

    /** Replaces a store by one that claims the same position and holds something else. */
    private static void forge(Path database) throws IOException {
        ShardIdentity identity = new ShardIdentity(SHARD, 1);
        try (StorageResources resources = new StorageResources(1 << 20, 1 << 20)) {
            AppliedPosition position;
            try (ShardStore store = ShardStore.open(database, identity, resources)) {
                position = store.applied();
            }
            delete(database);
            try (ShardStore store = ShardStore.open(database, identity, resources)) {
                store.apply(
                        position.term(),
                        position.index(),
                        WriteCommand.newBuilder()
                                .setTimeMicros(1)
                                .addUnits(WriteUnit.newBuilder().addOps(put(1, 666)))
                                .build());
                store.sync();
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (var tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
