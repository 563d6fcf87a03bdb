package io.vectordb.raft;

/**
 * The id of a Raft server: that of its node, and of the disk that the server is for where a node has one server a disk.
 * Written {@code <node>} or {@code <node>#<disk>}.
 *
 * @param disk empty: the node's only server
 */
public record ServerId(String nodeId, String disk) {

    private static final char SEPARATOR = '#';

    public ServerId {
        if (nodeId.isBlank() || nodeId.indexOf(SEPARATOR) >= 0 || disk.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException(
                    "expected a node id and a disk without #, received \"" + nodeId + "\" and \"" + disk + "\"");
        }
    }

    public static ServerId parse(String text) {
        int at = text.indexOf(SEPARATOR);
        return at < 0 ? new ServerId(text, "") : new ServerId(text.substring(0, at), text.substring(at + 1));
    }

    /** The node of a server. */
    static String nodeOf(Object serverId) {
        return parse(String.valueOf(serverId)).nodeId();
    }

    @Override
    public String toString() {
        return disk.isEmpty() ? nodeId : nodeId + SEPARATOR + disk;
    }
}
