package io.vectordb.raft;

/** Told of changes of leadership, on threads of the log: calls return at once and hand work over. */
@FunctionalInterface
public interface LeadershipListener {

    LeadershipListener NONE = (group, nodeId, ready) -> {};

    /**
     * The group's leader as this replica sees it.
     *
     * @param ready whether it is this node, and has applied everything that earlier leaders committed
     */
    void onLeader(GroupId group, String nodeId, boolean ready);
}
