package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which processes make up an installation, with the properties that each service reads. The commands are the services'
 * arguments alone until {@link Programs} completes them.
 *
 * <p>Ports of a local cluster: the gateway has the public two (8080, 9090), node {@code n} of every other service has
 * {@code base + o} for probes and metrics, {@code base + 100 + o} for internal calls and, where it has Raft groups,
 * {@code base + 200 + o}; {@code o} is {@code n} for metadata, {@code 10 + n} for storage, {@code 20 + n} for index and
 * {@code 30 + n} for coordinator. With the base 9200 the first metadata node is at 9301.
 */
public final class Plans {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String METADATA = "metadata-";
    private static final int MAX_REPLICAS = 3;

    private Plans() {}

    /**
     * How many nodes of each service a local cluster has, and its ports.
     *
     * @param metadata 1, 3 or 5
     * @param basePort begin of the ports between the nodes
     */
    public record ClusterSize(int metadata, int storage, int index, int port, int grpcPort, int basePort) {}

    /** All services in one process. */
    public static Plan standalone(Path data, Path backups, String host, int port, int grpcPort) {
        List<String> arguments = new ArrayList<>(publicPorts(host, port, grpcPort));
        arguments.add("--vectordb.data-dir=" + data);
        arguments.add(backups(backups));
        ProcessSpec process = new ProcessSpec(
                Installations.STANDALONE,
                "standalone",
                arguments,
                environment(data),
                Map.of("http", port, "grpc", grpcPort));
        return new Plan(
                Installations.STANDALONE,
                data.toString(),
                "http://" + reached(host) + ":" + port,
                reached(host) + ":" + grpcPort,
                List.of(process));
    }

    /** A process per service. */
    public static Plan cluster(Path data, Path backups, ClusterSize size) {
        List<ProcessSpec> processes = new ArrayList<>();
        for (int n = 1; n <= size.metadata(); n++) {
            processes.add(metadata(data, size, n));
        }
        for (int n = 1; n <= size.storage(); n++) {
            processes.add(storage(data, backups, size, n));
        }
        for (int n = 1; n <= size.index(); n++) {
            processes.add(index(data, size, n));
        }
        processes.add(coordinator(data, backups, size));
        processes.add(gateway(data, size));
        return new Plan(
                Installations.CLUSTER,
                data.toString(),
                "http://" + LOOPBACK + ":" + size.port(),
                LOOPBACK + ":" + size.grpcPort(),
                processes);
    }

    private static ProcessSpec metadata(Path data, ClusterSize size, int number) {
        String node = METADATA + number;
        int http = size.basePort() + number;
        List<String> own = new ArrayList<>(List.of(
                "--vectordb.metadata.node-id=" + node,
                "--vectordb.metadata.data-dir=" + data.resolve(node),
                "--vectordb.metadata.raft-port=" + (http + 200),
                "--vectordb.metadata.default-replicas=" + Math.min(MAX_REPLICAS, size.storage())));
        if (size.metadata() > 1) {
            own.add("--vectordb.metadata.members="
                    + metadataNodes(size)
                            .mapToObj(n -> METADATA + n + "@" + LOOPBACK + ":" + (size.basePort() + 100 + n) + ":"
                                    + (size.basePort() + 200 + n))
                            .collect(Collectors.joining(",")));
        }
        return node(data, "metadata", node, http, own, Map.of("raft", http + 200));
    }

    private static IntStream metadataNodes(ClusterSize size) {
        return IntStream.rangeClosed(1, size.metadata());
    }

    private static ProcessSpec storage(Path data, Path backups, ClusterSize size, int number) {
        String node = "storage-" + number;
        int http = size.basePort() + 10 + number;
        List<String> own = List.of(
                "--vectordb.storage.node-id=" + node,
                "--vectordb.storage.data-dir=" + data.resolve(node),
                "--vectordb.storage.raft-port=" + (http + 200),
                backups(backups),
                metadataAddress(size));
        return node(data, "storage-node", node, http, own, Map.of("raft", http + 200));
    }

    private static ProcessSpec index(Path data, ClusterSize size, int number) {
        String node = "index-" + number;
        List<String> own = List.of(
                "--vectordb.index.node-id=" + node,
                "--vectordb.index.data-dir=" + data.resolve(node),
                metadataAddress(size));
        return node(data, "index-node", node, size.basePort() + 20 + number, own, Map.of());
    }

    private static ProcessSpec coordinator(Path data, Path backups, ClusterSize size) {
        return node(
                data,
                "query-coordinator",
                "coordinator-1",
                size.basePort() + 31,
                List.of(backups(backups), metadataAddress(size)),
                Map.of());
    }

    private static ProcessSpec gateway(Path data, ClusterSize size) {
        List<String> arguments = new ArrayList<>(publicPorts(LOOPBACK, size.port(), size.grpcPort()));
        arguments.add("--vectordb.gateway.coordinator-address=" + LOOPBACK + ":" + (size.basePort() + 131));
        return new ProcessSpec(
                "gateway-1",
                "gateway",
                arguments,
                environment(data.resolve("gateway-1")),
                Map.of("http", size.port(), "grpc", size.grpcPort()));
    }

    private static ProcessSpec node(
            Path data, String service, String node, int http, List<String> own, Map<String, Integer> ownPorts) {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "--server.address=" + LOOPBACK,
                                "--server.port=" + http,
                                "--vectordb.rpc.port=" + (http + 100)),
                        own.stream())
                .toList();
        Map<String, Integer> ports = new TreeMap<>(ownPorts);
        ports.put("http", http);
        ports.put("rpc", http + 100);
        return new ProcessSpec(node, service, arguments, environment(data.resolve(node)), ports);
    }

    private static List<String> publicPorts(String host, int port, int grpcPort) {
        return List.of(
                "--server.address=" + host,
                "--server.port=" + port,
                "--spring.grpc.server.address=" + host,
                "--spring.grpc.server.port=" + grpcPort);
    }

    private static String backups(Path folder) {
        return "--vectordb.backup.folders=" + folder;
    }

    private static String metadataAddress(ClusterSize size) {
        return "--vectordb.cluster.metadata-address="
                + metadataNodes(size)
                        .mapToObj(n -> LOOPBACK + ":" + (size.basePort() + 100 + n))
                        .collect(Collectors.joining(","));
    }

    /** The tokenizer of the embedding model unpacks its library there, which would else be the home folder. */
    private static Map<String, String> environment(Path data) {
        return Map.of("DJL_CACHE_DIR", data.resolve("djl").toString());
    }

    /** The address to call: a server bound to all of them is reached on loopback. */
    private static String reached(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? LOOPBACK : host;
    }
}
