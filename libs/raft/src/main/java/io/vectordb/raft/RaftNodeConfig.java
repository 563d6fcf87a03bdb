package io.vectordb.raft;

import java.nio.file.Path;

/**
 * Where a node is and where it keeps its logs.
 *
 * @param nodeId unique in the cluster and kept for life: {@code dataDir} remembers it and a node of another id refuses it
 * @param host the only interface listened on, and how peers reach it
 * @param port 0: any free one, good only while every group has this single replica
 * @param dataDir exclusively this node's
 */
public record RaftNodeConfig(String nodeId, String host, int port, Path dataDir, RaftSettings settings) {

    public RaftNodeConfig {
        if (nodeId.isBlank() || host.isBlank()) {
            throw new IllegalArgumentException("A node needs an id and a host");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("A port lies in 0..65535, received " + port);
        }
    }

    RaftNodeConfig withPort(int newPort) {
        return new RaftNodeConfig(nodeId, host, newPort, dataDir, settings);
    }
}
