package io.vectordb.raft;

import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;

/**
 * A member of a group.
 *
 * @param server the member's server
 * @param address where its {@link RaftNode} listens, {@code host:port}; it is written into the log, so prefer a name that
 *     outlives an address
 */
public record RaftPeerAddress(ServerId server, String address) {

    public RaftPeerAddress {
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("expected host:port, received \"" + address + "\"");
        }
    }

    /** Of a node that has one server. */
    public static RaftPeerAddress ofNode(String nodeId, String address) {
        return new RaftPeerAddress(new ServerId(nodeId, ""), address);
    }

    public String nodeId() {
        return server.nodeId();
    }

    /** As Ratis names a member that starts in this role. */
    RaftPeer as(RaftPeerRole role) {
        return RaftPeer.newBuilder()
                .setId(server.toString())
                .setAddress(address)
                .setStartupRole(role)
                .build();
    }
}
