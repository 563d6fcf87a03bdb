package io.vectordb.raft;

import java.nio.file.Path;

/**
 * Where a server is and where it keeps its logs.
 *
 * @param server unique in the cluster and kept for life: {@code dataDir} remembers it and a server of another id refuses it
 * @param host the only interface listened on, and how peers reach it
 * @param port 0: any free one, good only while every group has this single replica
 * @param dataDir exclusively this server's
 */
public record RaftNodeConfig(ServerId server, String host, int port, Path dataDir, RaftSettings settings) {

    public RaftNodeConfig {
        if (host.isBlank()) {
            throw new IllegalArgumentException("A server needs a host");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("A port lies in 0..65535, received " + port);
        }
    }

    /** That of a node with one server. */
    public static RaftNodeConfig ofNode(String nodeId, String host, int port, Path dataDir, RaftSettings settings) {
        return new RaftNodeConfig(new ServerId(nodeId, ""), host, port, dataDir, settings);
    }

    public String nodeId() {
        return server.nodeId();
    }

    RaftNodeConfig withPort(int newPort) {
        return new RaftNodeConfig(server, host, newPort, dataDir, settings);
    }
}
