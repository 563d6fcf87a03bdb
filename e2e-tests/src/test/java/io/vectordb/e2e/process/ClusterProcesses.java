package io.vectordb.e2e.process;

import io.vectordb.e2e.Checkout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process per service: metadata, three storage nodes, index, coordinator and gateway; shards have three replicas. */
final class ClusterProcesses implements AutoCloseable {

    static final List<String> STORAGE = List.of("storage-1", "storage-2", "storage-3");
    static final String METADATA = "metadata-1";
    static final String INDEX = "index-1";
    static final String COORDINATOR = "coordinator-1";
    static final String GATEWAY = "gateway-1";

    private final Path folder;
    private final Path logs;
    private final int grpcPort = Ports.free();
    private final Map<String, ServerProcess> nodes = new LinkedHashMap<>();

    private ClusterProcesses(String test) {
        folder = Folders.scratch(test);
        logs = Folders.logs(test);
        int metadataPort = Ports.free();
        int coordinatorPort = Ports.free();
        String follow = "--vectordb.cluster.metadata-address=127.0.0.1:" + metadataPort;
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
            add(
                    "storage-node",
                    node,
                    "256m",
                    List.of(
                            rpc(Ports.free()),
                            follow,
                            "--vectordb.storage.node-id=" + node,
                            "--vectordb.storage.data-dir=" + folder.resolve(node),
                            "--vectordb.storage.raft-port=" + Ports.free()));
        }
        add("index-node", INDEX, "256m", List.of(rpc(Ports.free()), follow, "--vectordb.index.node-id=" + INDEX));
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

    private static String rpc(int port) {
        return "--vectordb.rpc.port=" + port;
    }

    private void add(String service, String node, String heap, List<String> arguments) {
        nodes.put(
                node,
                new ServerProcess(new ServerProcess.Spec(
                        node,
                        Checkout.executableJar(service),
                        heap,
                        Ports.free(),
                        new ArrayList<>(arguments),
                        folder.resolve(node),
                        logs.resolve(node + ".log"))));
    }

    /** Starts all of it and waits until every node is ready. */
    static ClusterProcesses start(String test) {
        ClusterProcesses cluster = new ClusterProcesses(test);
        cluster.nodes.values().forEach(ServerProcess::start);
        cluster.nodes.values().forEach(ServerProcess::awaitReady);
        return cluster;
    }

    ServerProcess node(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    /** The storage node that leads the only shard there is; waits for an election. */
    ServerProcess leader() {
        return Awaitility.await("a storage node leads")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> storage()
                                .filter(node -> node.gauge("vectordb_storage_leaders") > 0)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** The storage nodes that follow. */
    List<ServerProcess> followers() {
        ServerProcess leader = leader();
        return storage().filter(node -> node != leader).toList();
    }

    private Stream<ServerProcess> storage() {
        return STORAGE.stream().map(this::node);
    }

    URI rest() {
        return URI.create("http://127.0.0.1:" + node(GATEWAY).httpPort());
    }

    int grpcPort() {
        return grpcPort;
    }

    @Override
    public void close() {
        nodes.values().forEach(ServerProcess::close);
        Folders.delete(folder);
    }
}
