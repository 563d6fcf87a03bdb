package io.vectordb.raft;

import java.time.Duration;

/**
 * The tunables of a node; what is fixed stands in {@code RatisProperties}.
 *
 * @param electionTimeoutMin how long a follower waits at least for a sign of the leader
 * @param electionTimeoutMax how long at most; the time without writes after a leader died is about this
 * @param firstElectionTimeoutMin the same before the first election of a replica after its start
 * @param firstElectionTimeoutMax bounds the time that a new group of one replica takes to elect itself
 * @param maxCommandBytes the largest command; the log's buffers are a little larger
 * @param pendingCommands how many commands of a group may be under way at its leader
 * @param pendingBytes how many bytes of them
 * @param syncEntries after so many entries the state is made durable and the log purged
 * @param syncBytes or after so many bytes of commands
 * @param syncInterval or after so long, when anything was applied
 * @param keepEntries so many entries behind the durable position stay in the log for members that lag; who needs more
 *     is sent a copy of the state
 * @param keepBytes but no more bytes of commands than these
 * @param zombieAfter how long a voting replica may be stopped before that is fatal
 */
public record RaftSettings(
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        Duration firstElectionTimeoutMin,
        Duration firstElectionTimeoutMax,
        int maxCommandBytes,
        int pendingCommands,
        long pendingBytes,
        long syncEntries,
        long syncBytes,
        Duration syncInterval,
        long keepEntries,
        long keepBytes,
        Duration zombieAfter) {

    public RaftSettings {
        if (electionTimeoutMin.compareTo(electionTimeoutMax) >= 0
                || firstElectionTimeoutMin.compareTo(firstElectionTimeoutMax) >= 0) {
            throw new IllegalArgumentException("An election timeout's minimum must be below its maximum");
        }
        if (maxCommandBytes < 1 || pendingCommands < 1 || pendingBytes < maxCommandBytes) {
            throw new IllegalArgumentException("Limits must be positive, and pending bytes hold at least one command");
        }
        if (keepEntries < 0 || keepBytes < 0) {
            throw new IllegalArgumentException("kept of the log: " + keepEntries + " entries, " + keepBytes + " bytes");
        }
    }

    /** For shards: calm elections, since a long garbage collection must not cost a leader. */
    public static RaftSettings shards() {
        return withElectionTimeouts(Duration.ofMillis(1_500), Duration.ofSeconds(3));
    }

    /** For the metadata group: a little quicker. */
    public static RaftSettings metadata() {
        return withElectionTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    /** The defaults with other election timeouts. */
    public static RaftSettings withElectionTimeouts(Duration min, Duration max) {
        return new RaftSettings(
                min,
                max,
                Duration.ofMillis(100),
                Duration.ofMillis(300),
                (4 << 20) - (64 << 10),
                4_096,
                16L << 20,
                100_000,
                256L << 20,
                Duration.ofMinutes(10),
                50_000,
                512L << 20,
                Duration.ofSeconds(10));
    }

    /** These settings with another part of the log kept for members that lag. */
    public RaftSettings withLogKept(long entries, long bytes) {
        return new RaftSettings(
                electionTimeoutMin,
                electionTimeoutMax,
                firstElectionTimeoutMin,
                firstElectionTimeoutMax,
                maxCommandBytes,
                pendingCommands,
                pendingBytes,
                syncEntries,
                syncBytes,
                syncInterval,
                entries,
                bytes,
                zombieAfter);
    }
}
