package io.vectordb.e2e.process;

import io.vectordb.testkit.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process per service: metadata, three storage nodes, index nodes, coordinator, gateway; shards have three replicas. */
public final class ClusterProcesses implements AutoCloseable {

    public static final List<String> STORAGE = List.of("storage-1", "storage-2", "storage-3");
    public static final String METADATA = "metadata-1";
    public static final String INDEX = "index-1";
    public static final String COORDINATOR = "coordinator-1";
    public static final String GATEWAY = "gateway-1";

    private final Path folder;
    private final Path logs;
    private final int grpcPort = Ports.free();
    private final Map<String, ServerProcess> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> rpcPorts = new LinkedHashMap<>();
    private final Map<String, Integer> raftPorts = new LinkedHashMap<>();
    private final Function<String, Placement> placements;
    private final NodeDisk disk;

    private ClusterProcesses(String test, IndexNodes index, Function<String, Placement> placements, NodeDisk disk) {
        this.placements = placements;
        this.disk = disk;
        folder = Folders.scratch(test);
        logs = Folders.logs(test);
        int metadataPort = Ports.free();
        int coordinatorPort = Ports.free();
        String follow = "--vectordb.cluster.metadata-address=" + host(METADATA) + ":" + metadataPort;
        add(
                "metadata",
                METADATA,
                "192m",
                List.of(
                        rpc(metadataPort),
                        "--vectordb.metadata.data-dir=" + folder.resolve(METADATA),
                        "--vectordb.metadata.raft-port=" + Ports.free(),
                        "--vectordb.metadata.default-replicas=" + STORAGE.size()));
        for (String node : STORAGE) {
            int port = Ports.free();
            rpcPorts.put(node, port);
            raftPorts.put(node, Ports.free());
            add(
                    "storage-node",
                    node,
                    "256m",
                    List.of(
                            rpc(port),
                            follow,
                            "--vectordb.storage.raft-host=" + host(node),
                            "--vectordb.storage.node-id=" + node,
                            "--vectordb.storage.data-dir=" + folder.resolve(node),
                            "--vectordb.storage.raft-port=" + raftPort(node)));
        }
        index.names().forEach(node -> addIndexNode(node, follow, index));
        add("query-coordinator", COORDINATOR, "384m", List.of(rpc(coordinatorPort), follow));
        add(
                "gateway",
                GATEWAY,
                "256m",
                List.of(
                        "--spring.grpc.server.address=127.0.0.1",
                        "--spring.grpc.server.port=" + grpcPort,
                        "--vectordb.gateway.coordinator-address=127.0.0.1:" + coordinatorPort));
    }

    private void addIndexNode(String node, String follow, IndexNodes index) {
        List<String> arguments = new ArrayList<>(List.of(
                rpc(Ports.free()),
                follow,
                "--vectordb.index.node-id=" + node,
                "--vectordb.index.data-dir=" + folder.resolve(node),
                // So small that every scenario seals, publishes and merges.
                "--vectordb.index.seal-rows=60"));
        arguments.addAll(index.arguments());
        Map<String, String> environment = index.held()
                ? Map.of(
                        StepGate.VARIABLE, StepGate.folder(folder.resolve(node)).toString())
                : Map.of();
        add("index-node", node, "256m", arguments, environment);
    }

    private String host(String node) {
        return placements.apply(node).host();
    }

    private static String rpc(int port) {
        return "--vectordb.rpc.port=" + port;
    }

    private void add(String service, String node, String heap, List<String> own) {
        add(service, node, heap, own, Map.of());
    }

    private void add(String service, String node, String heap, List<String> own, Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(own);
        arguments.add("--vectordb.rpc.host=" + host(node));
        nodes.put(
                node,
                new ServerProcess(new ServerProcess.Spec(
                        node,
                        STORAGE.contains(node) ? ServiceJar.warmStorageNode() : ServiceJar.shipped(service),
                        heap,
                        placements.apply(node),
                        Ports.free(),
                        arguments,
                        environment,
                        folder.resolve(node),
                        logs.resolve(node + ".log"))));
    }

    /** Starts all of it and waits until every node is ready. */
    public static ClusterProcesses start(String test) {
        return start(test, IndexNodes.ONE);
    }

    /** The same with these index nodes. */
    static ClusterProcesses start(String test, IndexNodes index) {
        return start(new ClusterProcesses(test, index, _ -> Placement.LOOPBACK, NodeDisk.SHARED));
    }

    /** Starts each of its nodes where it is told; all but metadata and storage nodes run on loopback. */
    public static ClusterProcesses start(String test, Function<String, Placement> placements, NodeDisk disk) {
        return start(new ClusterProcesses(test, IndexNodes.ONE, placements, disk));
    }

    private static ClusterProcesses start(ClusterProcesses cluster) {
        try {
            cluster.nodes.values().forEach(node -> cluster.disk.mount(node.node(), node.folder()));
            cluster.nodes.values().forEach(ServerProcess::start);
            cluster.nodes.values().forEach(ServerProcess::awaitReady);
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** All of them. */
    public List<ServerProcess> all() {
        return List.copyOf(nodes.values());
    }

    public ServerProcess node(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    /** Where a node has its data. */
    Path folder(String node) {
        return folder.resolve(node);
    }

    /** The storage node that leads the only shard there is; waits for an election. */
    public ServerProcess leader() {
        return Awaitility.await("a storage node leads")
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> storage()
                                .filter(node -> node.gauge("vectordb_storage_leaders") > 0)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** The storage nodes that follow. */
    public List<ServerProcess> followers() {
        ServerProcess leader = leader();
        return storage().filter(node -> node != leader).toList();
    }

    public Stream<ServerProcess> storage() {
        return STORAGE.stream().map(this::node);
    }

    public URI rest() {
        return URI.create("http://127.0.0.1:" + node(GATEWAY).httpPort());
    }

    public int grpcPort() {
        return grpcPort;
    }

    /** Where a storage node takes what the other members of its groups send. */
    public int raftPort(String storageNode) {
        return Objects.requireNonNull(raftPorts.get(storageNode), storageNode);
    }

    /** Where a storage node takes the calls of other nodes and of operators, {@code host:port}. */
    public String rpcAddress(String storageNode) {
        return host(storageNode) + ":" + Objects.requireNonNull(rpcPorts.get(storageNode), storageNode);
    }

    @Override
    public void close() {
        nodes.values().forEach(ServerProcess::close);
        nodes.values().forEach(node -> disk.unmount(node.node(), node.folder()));
        Folders.delete(folder);
    }
}
