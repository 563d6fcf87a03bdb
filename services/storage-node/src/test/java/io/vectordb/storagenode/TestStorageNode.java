package io.vectordb.storagenode;

import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.disks.SpaceGauge;
import io.vectordb.disks.Watermarks;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.RaftSettings;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.storage.StorageResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A storage node on a real log and a real store, called in process; metadata is what the test says. */
final class TestStorageNode implements AutoCloseable {

    /** Of what has to happen: a busy machine takes long for it, and only a failure costs all of it. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final AtomicInteger NAMES = new AtomicInteger();

    final List<String> fatal = new CopyOnWriteArrayList<>();
    final DiskServers raft;
    final ShardReplicas replicas;
    final String address;
    final ReplicaComparison comparison;
    final DiskSet disks;
    final WriteCoalescer writes;
    private final StorageAdminGrpcService admin;
    final StorageResources resources = new StorageResources(8 << 20, 8 << 20);
    private final ReadPool reads = new ReadPool(2, 100);
    private final ChannelFactory channels = new ChannelFactory();
    private final Server server;

    TestStorageNode(String id, Path folder) {
        this(id, folder, 0);
    }

    TestStorageNode(String id, Path folder, int raftPort) {
        this(id, List.of(folder), raftPort, SpaceGauge.fileSystem());
    }

    TestStorageNode(String id, List<Path> folders, int raftPort, SpaceGauge gauge) {
        disks = DiskSet.open(new DiskSettings(id, folders, Watermarks.DEFAULT, gauge));
        raft = DiskServers.start(
                new DiskServers.Settings(
                        id,
                        "127.0.0.1",
                        raftPort,
                        // Calm elections, as in production: a busy machine must not cost a test its leader.
                        RaftSettings.shards().withLogKept(20, 1 << 20)),
                disks,
                folders,
                (group, directory) -> new ShardReplica(ShardGroup.of(group).identity(), directory, resources),
                (group, reason, cause) -> fatal.add(group + ": " + reason));
        replicas = new ShardReplicas(
                raft,
                new ClusterMembership(disks.disks().stream().map(Disk::folder).toList()));
        writes = new WriteCoalescer(raft, Clock.systemUTC());
        comparison = new ReplicaComparison(raft, replicas, Duration.ZERO);
        admin = new StorageAdminGrpcService(raft, replicas, comparison, _ -> 0);
        String name = "storage-node-test-" + NAMES.incrementAndGet();
        address = ChannelFactory.IN_PROCESS + name;
        try {
            server = InProcessServerBuilder.forName(name)
                    .addService(new StorageGrpcService(raft, replicas, reads, writes, Clock.systemUTC()))
                    .addService(admin)
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StorageServiceGrpc.StorageServiceBlockingStub stub() {
        return stub(LIMIT);
    }

    StorageServiceGrpc.StorageServiceBlockingStub stub(Duration timeout) {
        return StorageServiceGrpc.newBlockingStub(channels.channel(address))
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    StorageAdminServiceGrpc.StorageAdminServiceBlockingStub adminStub() {
        return StorageAdminServiceGrpc.newBlockingStub(channels.channel(address))
                .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Meets the cluster as a node that is new in it, as every node does before it registers. */
    TestStorageNode join() {
        replicas.reconcile(ClusterState.newBuilder().setClusterId("cluster").build());
        replicas.joined().join();
        return this;
    }

    StorageServiceGrpc.StorageServiceFutureStub futureStub() {
        return StorageServiceGrpc.newFutureStub(channels.channel(address))
                .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    Node node() {
        return Node.newBuilder()
                .setId(raft.nodeId())
                .setService(Node.Service.STORAGE)
                .setRpcAddress(address)
                .addAllDisks(raft.nodeDisks())
                .build();
    }

    static ShardState shard(String uid, String... nodes) {
        return ShardState.newBuilder()
                .setUid(uid)
                .setName(uid)
                .setBucketTo(64)
                .setIncarnation(1)
                .addAllStorageNodes(List.of(nodes))
                .build();
    }

    static ClusterState state(long version, List<Node> nodes, ShardState... shards) {
        return ClusterState.newBuilder()
                .setVersion(version)
                .setClusterId("cluster")
                .addAllNodes(nodes)
                .addCollections(CollectionState.newBuilder()
                        .addAllShards(Stream.of(shards)
                                .map(shard -> onFirstDisks(shard, nodes))
                                .toList()))
                .build();
    }

    /** Where a test does not say otherwise, each replica is on the first disk of its node. */
    private static ShardState onFirstDisks(ShardState shard, List<Node> nodes) {
        if (shard.getStorageDisksCount() > 0) {
            return shard;
        }
        ShardState.Builder placed = shard.toBuilder();
        for (String id : shard.getStorageNodesList()) {
            placed.addStorageDisks(nodes.stream()
                    .filter(node -> node.getId().equals(id))
                    .map(node -> node.getDisks(0).getId())
                    .findFirst()
                    .orElse("unknown"));
        }
        return placed.build();
    }

    /** Of the replica here. */
    long appliedIndex(GroupId group) {
        return raft.of(group).appliedIndex(group);
    }

    boolean leads(String shard) {
        try {
            GroupId group = replicas.group(shard);
            return raft.of(group).isLeader(group);
        } catch (VectorDbException e) {
            return false;
        }
    }

    /** The one of these nodes that leads; waits for an election. */
    static TestStorageNode leader(Collection<TestStorageNode> nodes, String shard) {
        AtomicReference<@Nullable TestStorageNode> leader = new AtomicReference<>();
        await(() -> {
            leader.set(
                    nodes.stream().filter(node -> node.leads(shard)).findFirst().orElse(null));
            return leader.get() != null;
        });
        return Objects.requireNonNull(leader.get());
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in " + LIMIT);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Stops at once, as a process that is killed would: nobody is told. */
    @Override
    public void close() {
        server.shutdownNow();
        admin.close();
        comparison.close();
        writes.close();
        replicas.close();
        reads.close();
        raft.close();
        disks.close();
        resources.close();
        channels.close();
    }
}
