package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.vectordb.common.ErrorCode;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskSpace;
import io.vectordb.disks.SpaceGauge;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.DiskInfo;
import io.vectordb.internal.storage.v1.FormatDiskRequest;
import io.vectordb.internal.storage.v1.ListDisksRequest;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.WriteRequest;
import io.vectordb.raft.GroupId;
import io.vectordb.rpc.GrpcErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of two disks, with a shard on each. */
class DisksTest {

    private static final long GIB = 1L << 30;
    private static final GroupId GROUP_A = GroupId.of("a.1");

    @TempDir
    Path root;

    private final Map<Path, DiskSpace> spaces = new ConcurrentHashMap<>();
    private final SpaceGauge gauge =
            folder -> spaces.getOrDefault(folder, new DiskSpace(100 * GIB, 10 * GIB, 90 * GIB));
    private TestStorageNode node;
    private ClusterState cluster;

    @BeforeEach
    void startWithAShardOnEachDisk() {
        node = start().join();
        Node registered = node.node();
        assertThat(registered.getDisksList()).hasSize(2);
        cluster = state(1, List.of(registered), on(diskAt("first"), "a"), on(diskAt("second"), "b"));
        node.replicas.reconcile(cluster);
        await(() -> node.leads("a") && node.leads("b"));
        write("a", 1);
        write("b", 1);
    }

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.fatal).isEmpty();
    }

    private TestStorageNode start() {
        return new TestStorageNode("n1", List.of(root.resolve("first"), root.resolve("second")), 0, gauge);
    }

    private void restart() {
        node.close();
        node = start();
        node.replicas.reconcile(cluster);
    }

    private static ShardState on(String disk, String shard) {
        return TestStorageNode.shard(shard, "n1").toBuilder()
                .addStorageDisks(disk)
                .build();
    }

    private List<DiskInfo> disks() {
        return node.adminStub().listDisks(ListDisksRequest.getDefaultInstance()).getDisksList();
    }

    private DiskInfo disk(String folder) {
        return disks().stream()
                .filter(disk -> disk.getFolder().equals(root.resolve(folder).toString()))
                .findFirst()
                .orElseThrow();
    }

    private String diskAt(String folder) {
        return disk(folder).getId();
    }

    private static WriteRequest request(String shard, int key) {
        return Requests.write("", put(key, key)).toBuilder().setShard(shard).build();
    }

    private void write(String shard, int key) {
        node.stub().write(request(shard, key));
    }

    private ReplicaInfo replica(String shard) {
        return node.adminStub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicasList().stream()
                .filter(each -> each.getShard().equals(shard))
                .findFirst()
                .orElse(ReplicaInfo.getDefaultInstance());
    }

    private static ErrorCode code(Throwable thrown) {
        return GrpcErrors.fromThrowable((StatusRuntimeException) thrown).code();
    }

    @Test
    void eachReplicaIsOnTheDiskThatTheClusterChose() {
        assertThat(root.resolve("first/groups/a.1")).exists();
        assertThat(root.resolve("second/groups/b.1")).exists();
        assertThat(root.resolve("first/groups/b.1")).doesNotExist();
        assertThat(replica("a").getDisk()).isEqualTo(diskAt("first"));
        assertThat(replica("b").getDisk()).isEqualTo(diskAt("second"));
        assertThat(disk("first").getReplicas()).isEqualTo(1);
        assertThat(disk("first").getRaftAddress()).isNotEqualTo(disk("second").getRaftAddress());
        restart();
        await(() -> node.leads("a") && node.leads("b"));
        write("a", 2);
        write("b", 2);
    }

    @Test
    void aDiskThatIsGoneCostsItsOwnReplicasAndItsEmptyFolderDoesNotReplaceThem() throws IOException {
        String lost = diskAt("first");
        node.close();
        delete(root.resolve("first"));
        node = start();
        node.replicas.reconcile(cluster);
        await(() -> node.leads("b"));
        write("b", 2);
        assertThatThrownBy(() -> node.stub().write(request("a", 2)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.SHARD_UNAVAILABLE));
        await(() -> !replica("a").getSetAside().isEmpty());
        assertThat(replica("a").getSetAside()).contains("disk " + lost + ", which is not here");
        assertThat(disk("first").getHealth()).isEqualTo("missing");
        assertThat(node.replicas.problem().orElse("")).contains("a.1");

        String made = node.adminStub()
                .formatDisk(FormatDiskRequest.newBuilder()
                        .setFolder(root.resolve("first").toString())
                        .build())
                .getId();
        assertThat(made).isNotEqualTo(lost);
        assertThat(disk("first").getHealth()).isEqualTo("healthy");
        node.replicas.reconcile(cluster.toBuilder().setVersion(2).build());
        assertThat(node.node().getDisksList()).extracting(NodeDisk::getId).contains(made);
        assertThat(node.raft.has(GROUP_A)).isFalse();
    }

    @Test
    void aDiskThatFailsAtWorkStopsItsOwnServer() throws IOException {
        Path identity = root.resolve("first/disk.id");
        Files.delete(identity);
        Files.createDirectory(identity);
        node.raft.disks().probe();
        await(() -> !node.raft.has(GROUP_A));
        assertThat(disk("first").getHealth()).isEqualTo(DiskHealth.FAILED.name().toLowerCase(Locale.ROOT));
        assertThat(replica("a").getSetAside()).contains("is FAILED");
        assertThat(node.node().getDisksList()).hasSize(1);
        write("b", 2);
        node.replicas.reconcile(cluster.toBuilder().setVersion(2).build());
        write("b", 3);
        assertThat(node.raft.has(GROUP_A)).isFalse();
    }

    @Test
    void aFullDiskRefusesWritesAndTakesDeletes() {
        spaces.put(root.resolve("first"), new DiskSpace(100 * GIB, 96 * GIB, 4 * GIB));
        await(() -> disk("first").getLevel().equals("reject_writes"));
        await(() ->
                node.node().getDisksList().stream().anyMatch(disk -> disk.getLevel() == NodeDisk.Level.REJECT_WRITES));
        assertThatThrownBy(() -> node.stub().write(request("a", 2)))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.DISK_FULL));
        node.stub()
                .write(Requests.write("", Requests.delete(1)).toBuilder()
                        .setShard("a")
                        .build());
        write("b", 2);

        spaces.put(root.resolve("first"), new DiskSpace(100 * GIB, 50 * GIB, 50 * GIB));
        await(() -> {
            try {
                write("a", 3);
                return true;
            } catch (StatusRuntimeException e) {
                return false;
            }
        });
    }

    @Test
    void aReplicaElsewhereOnAFullDiskRefusesWritesToo() {
        NodeDisk full = NodeDisk.newBuilder()
                .setId("f")
                .setRaftAddress("127.0.0.1:1")
                .setLevel(NodeDisk.Level.REJECT_WRITES)
                .build();
        ClusterState.Builder grown = cluster.toBuilder().setVersion(2);
        grown.addNodes(Node.newBuilder().setId("n2").addDisks(full));
        grown.getCollectionsBuilder(0).getShardsBuilder(0).addStorageNodes("n2").addStorageDisks("f");
        node.replicas.reconcile(grown.build());
        await(() -> {
            try {
                write("a", 4);
                return false;
            } catch (StatusRuntimeException e) {
                return code(e) == ErrorCode.DISK_FULL;
            }
        });
        write("b", 2);
    }

    private static void delete(Path root) throws IOException {
        try (var tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        Files.createDirectories(root);
    }
}
