package io.vectordb.raft;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Told when a replica must not go on: its state failed, its log cannot be written, or it stopped although it votes.
 *
 * <p>The default halts the process, since a replica that goes on may diverge or answer wrongly, and one that merely
 * stopped would go unnoticed; whatever supervises the process starts it again and the log is replayed.
 */
@FunctionalInterface
public interface FatalErrorHandler {

    /** Exit status of a process that halted itself. */
    int HALT_STATUS = 3;

    /** Logs, then halts without running shutdown hooks: they might still write. */
    FatalErrorHandler HALT = (group, reason, cause) -> {
        LoggerFactory.getLogger("io.vectordb.raft").error("Halting: group {}: {}", group, reason, cause);
        Runtime.getRuntime().halt(HALT_STATUS);
    };

    /**
     * Called on the thread that met the failure, possibly more than once.
     *
     * @param group the group, or the node's name where all groups are hit
     */
    void onFatal(String group, String reason, @Nullable Throwable cause);
}
