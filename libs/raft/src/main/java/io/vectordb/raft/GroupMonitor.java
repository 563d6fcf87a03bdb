package io.vectordb.raft;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks at every replica once a second: finds those that stopped although they vote, and makes states durable by
 * entries, bytes and time.
 *
 * <p>Ratis closes a replica, or after a long pause of the process the whole server, and lets the process live on; it then
 * looks well and answers nothing. Used by one thread.
 */
final class GroupMonitor {

    /** What the monitor sees of one replica. */
    interface Replica {
        String name();

        /** Votes by its committed members, and does not run. */
        boolean isZombie();

        /** Since when a complete copy of the state waits to be taken in; 0: none does. */
        long receivedNanos();

        long entriesSinceSync();

        long bytesSinceSync();

        /** Starts a sync and returns. */
        void sync();
    }

    private static final Duration COPY_WAITS = Duration.ofSeconds(60);

    private final RaftSettings settings;
    private final FatalErrorHandler fatal;
    private final Map<String, Long> stoppedSince = new HashMap<>();
    private final Map<String, Long> syncedAt = new HashMap<>();

    GroupMonitor(RaftSettings settings, FatalErrorHandler fatal) {
        this.settings = settings;
        this.fatal = fatal;
    }

    /** Looks at them all. */
    void check(Iterable<? extends Replica> replicas, long nowNanos) {
        Map<String, Replica> present = new HashMap<>();
        for (Replica replica : replicas) {
            present.put(replica.name(), replica);
            checkAlive(replica, nowNanos);
            checkCopy(replica, nowNanos);
            checkDurable(replica, nowNanos);
        }
        stoppedSince.keySet().retainAll(present.keySet());
        syncedAt.keySet().retainAll(present.keySet());
    }

    private void checkAlive(Replica replica, long nowNanos) {
        if (!replica.isZombie()) {
            stoppedSince.remove(replica.name());
            return;
        }
        long since = stoppedSince.computeIfAbsent(replica.name(), _ -> nowNanos);
        if (nowNanos - since >= settings.zombieAfter().toNanos()) {
            stoppedSince.put(replica.name(), nowNanos);
            fatal.onFatal(
                    replica.name(),
                    "a voting replica is stopped for "
                            + Duration.ofNanos(nowNanos - since).toSeconds() + " s",
                    null);
        }
    }

    /**
     * When the leader changes while a copy is fetched, Ratis may forget that it waits for one and refuse entries for ever;
     * the start after a halt takes in the copy.
     */
    private void checkCopy(Replica replica, long nowNanos) {
        long received = replica.receivedNanos();
        if (received != 0 && nowNanos - received >= COPY_WAITS.toNanos()) {
            fatal.onFatal(
                    replica.name(), "a copy of the state is not taken in for " + COPY_WAITS.toSeconds() + " s", null);
        }
    }

    private void checkDurable(Replica replica, long nowNanos) {
        long last = syncedAt.computeIfAbsent(replica.name(), _ -> nowNanos);
        boolean due = replica.entriesSinceSync() >= settings.syncEntries()
                || replica.bytesSinceSync() >= settings.syncBytes()
                || (replica.entriesSinceSync() > 0
                        && nowNanos - last >= settings.syncInterval().toNanos());
        if (due && !replica.isZombie()) {
            syncedAt.put(replica.name(), nowNanos);
            replica.sync();
        }
    }
}
