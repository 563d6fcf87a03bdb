package io.vectordb.raft;

import java.nio.file.Path;

/**
 * A state that can be copied to another replica as a set of files.
 *
 * <p>The log of a group with such a state is purged although a member may lack entries: that member is sent a copy. The
 * logs of other groups are purged only up to what every member is known to have.
 */
public interface CheckpointedState extends ReplicatedState {

    /**
     * Writes what the state's folder holds as of some moment during this call, best by hard links. Runs beside
     * {@link #apply}; what was applied before the call is in it.
     *
     * @param directory does not exist yet; on the file system of the state's folder. The caller deletes it.
     */
    void checkpoint(Path directory);

    /**
     * Reads all of a copy that came from another replica and checks it: checksums, format, and that it belongs to this
     * state. Runs beside {@link #apply}, while the state is open in its own folder.
     *
     * @return the position of the last entry whose effect is in the copy
     */
    LogPosition verify(Path directory);

    /**
     * Makes what lies in this state's folder, which a state of {@code predecessor} left there, what this state begins with.
     * Called while it is closed; the position stays that of the predecessor's last entry.
     */
    void inherit(GroupId predecessor);
}
