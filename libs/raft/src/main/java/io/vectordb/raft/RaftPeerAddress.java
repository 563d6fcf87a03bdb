package io.vectordb.raft;

/**
 * A member of a group.
 *
 * @param nodeId the member's node
 * @param address where its {@link RaftNode} listens, {@code host:port}; it is written into the log, so prefer a name that
 *     outlives an address
 */
public record RaftPeerAddress(String nodeId, String address) {

    public RaftPeerAddress {
        if (nodeId.isBlank()) {
            throw new IllegalArgumentException("A peer needs a node id");
        }
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("expected host:port, received \"" + address + "\"");
        }
    }
}
