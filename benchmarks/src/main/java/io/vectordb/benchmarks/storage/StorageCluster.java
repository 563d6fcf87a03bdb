package io.vectordb.benchmarks.storage;

import io.grpc.MethodDescriptor;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.GetShardStatusResponse;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A metadata service and storage nodes on loopback, with one shard that has a replica on each. */
final class StorageCluster implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration CALL = Duration.ofSeconds(60);
    private static final Duration STATUS = Duration.ofSeconds(2);

    private final NodeProcess metadata;
    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final ChannelFactory channels = new ChannelFactory();
    private final ClusterWatch watch;
    private final ShardClient client;
    private final ShardState shard;

    StorageCluster(Path root, Path folder, int replicas) throws IOException {
        String metadataAddress = "127.0.0.1:" + freePort();
        metadata = new NodeProcess(
                jar(root, "metadata"),
                "192m",
                folder,
                folder.resolve("metadata.log"),
                List.of(
                        "--vectordb.rpc.port=" + port(metadataAddress),
                        "--vectordb.metadata.data-dir=" + folder.resolve("metadata"),
                        "--vectordb.metadata.raft-port=" + freePort()));
        for (int i = 1; i <= replicas; i++) {
            String id = "storage-" + i;
            nodes.put(
                    id,
                    new NodeProcess(
                            jar(root, "storage-node"),
                            "512m",
                            folder,
                            folder.resolve(id + ".log"),
                            List.of(
                                    "--vectordb.rpc.port=" + freePort(),
                                    "--vectordb.cluster.metadata-address=" + metadataAddress,
                                    "--vectordb.storage.node-id=" + id,
                                    "--vectordb.storage.data-dir=" + folder.resolve(id),
                                    "--vectordb.storage.raft-port=" + freePort())));
        }
        watch = new ClusterWatch(new MetadataClient(channels, List.of(metadataAddress)));
        watch.start();
        client = new ShardClient(channels, watch);
        try {
            await("storage nodes register", () -> registered() == replicas);
            shard = MetadataServiceGrpc.newBlockingStub(channels.channel(metadataAddress))
                    .withDeadlineAfter(CALL.toSeconds(), TimeUnit.SECONDS)
                    .createCollection(CreateCollectionRequest.newBuilder()
                            .setCollection(collection(replicas))
                            .build())
                    .getCollection()
                    .getShards(0);
            await("a leader", () -> !leader().isEmpty());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Path jar(Path root, String service) throws IOException {
        Path target = root.resolve("services/" + service + "/target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith("-exec.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no executable jar in " + target));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private static Collection collection(int replicas) {
        return Collection.newBuilder()
                .setName("bench")
                .setSchema(Schema.newBuilder()
                        .setKind(Schema.Kind.DOCUMENT)
                        .addFields(Field.newBuilder().setName("id").setType("keyword"))
                        .addPrimaryKey("id"))
                .setSettings(CollectionSettings.newBuilder()
                        .setBuckets(64)
                        .setShards(1)
                        .setReplicas(replicas))
                .build();
    }

    private long registered() {
        ClusterState state = watch.state();
        return state.getNodesList().stream()
                .filter(node -> node.getService() == Node.Service.STORAGE)
                .count();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + START.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited " + START.toSeconds() + " s in vain for: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    String shard() {
        return shard.getUid();
    }

    /** Calls the leader, wherever it is, and waits. */
    <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
        return Objects.requireNonNull(client.call(shard, method, request, CALL).block());
    }

    /** The leading node, by what any replica says; empty when none answers. */
    String leader() {
        try {
            GetShardStatusResponse status = call(
                    StorageServiceGrpc.getGetShardStatusMethod(),
                    GetShardStatusRequest.newBuilder().setShard(shard()).build());
            return status.getLeaderNode();
        } catch (VectorDbException e) {
            return "";
        }
    }

    /** How far the replica on this node is; -1 when the node does not answer. */
    long appliedBy(String id) {
        try {
            String address = watch.state().getNodesList().stream()
                    .filter(node -> node.getId().equals(id))
                    .map(Node::getRpcAddress)
                    .findFirst()
                    .orElseThrow();
            return Objects.requireNonNull(Calls.unary(
                                    channels.channel(address),
                                    StorageServiceGrpc.getGetShardStatusMethod(),
                                    GetShardStatusRequest.newBuilder()
                                            .setShard(shard())
                                            .build(),
                                    STATUS)
                            .block())
                    .getAppliedSeq();
        } catch (VectorDbException e) {
            return -1;
        }
    }

    NodeProcess node(String id) {
        return Objects.requireNonNull(nodes.get(id), id);
    }

    @Override
    public void close() {
        watch.close();
        channels.close();
        nodes.values().forEach(NodeProcess::close);
        metadata.close();
    }

    static void delete(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
