package io.vectordb.raft;

/**
 * A member of a group as the replica asked sees it.
 *
 * @param voter false: a listener, which receives the log and neither votes nor counts for a majority
 * @param commitIndex up to where it is known to have entries that are committed; -1: not heard of
 */
public record GroupMember(ServerId server, String address, boolean voter, long commitIndex) {

    public String nodeId() {
        return server.nodeId();
    }
}
