package io.vectordb.raft;

import java.nio.file.Path;

/** Makes the state of a group's replica, when the group is added and again at every start of the node. */
@FunctionalInterface
public interface StateFactory {

    /**
     * A closed state.
     *
     * @param directory its own folder, which exists and is deleted with the group
     */
    ReplicatedState create(GroupId group, Path directory);
}
