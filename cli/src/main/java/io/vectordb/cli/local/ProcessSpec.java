package io.vectordb.cli.local;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One process to start and keep alive.
 *
 * @param node its name, unique in the installation, such as {@code storage-2}
 * @param service what it runs, such as {@code storage-node}
 * @param command the program and its arguments
 * @param environment added to this process's own
 * @param ports by use: {@code http}, {@code grpc}, {@code rpc}, {@code raft}; http answers the probes
 */
public record ProcessSpec(
        String node,
        String service,
        List<String> command,
        Map<String, String> environment,
        Map<String, Integer> ports) {

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        ports = new TreeMap<>(ports);
    }

    public int httpPort() {
        return ports.getOrDefault("http", 0);
    }
}
