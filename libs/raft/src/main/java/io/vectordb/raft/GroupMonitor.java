package io.vectordb.raft;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every replica once a second: finds those that stopped although they vote, lets leaders go whose disk stands
 * still or whom nobody answers, connects anew to peers that are silent, and makes states durable by entries, bytes and
 * time.
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

        /** Of a leader whose log has entries that are not on the disk yet: the last index that is. Else -1. */
        long flushingAfter();

        /** Begins to let another replica lead, and returns. */
        void handOver();

        /** Of a leader: for how long no majority of the voters has answered it; else 0. */
        long unansweredMillis();

        /** Begins to be a follower, and returns. */
        void stepDown();

        /**
         * By their ids: of a leader, the peers that have not answered it for so long; of a candidate, all the other voters
         * when there was no leader for so long.
         */
        Set<String> silentPeers(Duration patience);

        /** Gives up the connections to a peer for new ones, and returns. */
        void reconnect(String peer);

        long entriesSinceSync();

        long bytesSinceSync();

        /** Starts a sync and returns. */
        void sync();
    }

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    private static final Duration COPY_WAITS = Duration.ofSeconds(60);

    private final RaftSettings settings;
    private final FatalErrorHandler fatal;
    private final Map<String, Long> stoppedSince = new HashMap<>();
    private final Map<String, Flush> flushes = new HashMap<>();
    private final Map<String, Long> syncedAt = new HashMap<>();
    /** By peer: all groups share the connections to it. */
    private final Map<String, Long> reconnectedAt = new HashMap<>();

    /** A leader's log that was on the disk up to this index, and no further, since then. */
    private record Flush(long index, long sinceNanos) {}

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
            checkFlush(replica, nowNanos);
            checkAnswers(replica);
            checkConnections(replica, nowNanos);
            checkDurable(replica, nowNanos);
        }
        stoppedSince.keySet().retainAll(present.keySet());
        flushes.keySet().retainAll(present.keySet());
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

    /**
     * A leader commits nothing that is not on its own disk, and goes on telling the others that it lives: while its disk
     * stands still nobody can write. Others whose disks work may lead instead. As patient as followers are with a leader.
     */
    private void checkFlush(Replica replica, long nowNanos) {
        long index = replica.flushingAfter();
        Flush last = flushes.get(replica.name());
        if (index < 0) {
            flushes.remove(replica.name());
        } else if (last == null || last.index() != index) {
            flushes.put(replica.name(), new Flush(index, nowNanos));
        } else if (nowNanos - last.sinceNanos() >= settings.electionTimeoutMax().toNanos()) {
            flushes.put(replica.name(), new Flush(index, nowNanos));
            LOG.warn(
                    "Group {}: its log was not synced beyond index {} for {} ms; handing over",
                    replica.name(),
                    index,
                    (nowNanos - last.sinceNanos()) / 1_000_000);
            replica.handOver();
        }
    }

    /**
     * Ratis lets a leader step down that nobody answers, but looks at that only when it has had nothing to do for a while.
     * With writes coming in, a leader that is heard and hears nobody would keep the others from an election, and one that
     * nobody hears would keep its clients waiting, for as long as that lasts.
     */
    private void checkAnswers(Replica replica) {
        long millis = replica.unansweredMillis();
        if (millis >= settings.electionTimeoutMax().toMillis()) {
            LOG.warn("Group {}: no majority has answered for {} ms; stepping down", replica.name(), millis);
            replica.stepDown();
        }
    }

    /**
     * Connections on which packets were lost for long stand still for as long again when the network is whole: TCP sends
     * again less and less often, and those of Ratis are neither kept alive nor given up. Members that cannot ask each
     * other meanwhile elect nobody; new connections are there at once. To a peer that is down this does no harm.
     */
    private void checkConnections(Replica replica, long nowNanos) {
        Duration patience = settings.electionTimeoutMax().multipliedBy(2);
        for (String peer : replica.silentPeers(patience)) {
            Long last = reconnectedAt.get(peer);
            if (last == null || nowNanos - last >= patience.toNanos()) {
                reconnectedAt.put(peer, nowNanos);
                LOG.info("Group {}: {} does not answer; connecting anew", replica.name(), peer);
                replica.reconnect(peer);
            }
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
