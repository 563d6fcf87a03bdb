package io.vectordb.metadata;

import io.vectordb.common.ClusterSettings;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.SetNodeStates;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the leader of the metadata makes of the signs of life that nodes give, and of their absence. In memory, since a sign
 * of life every second of every node is nothing for a log: only changed states are. A new leader begins with nothing and
 * gives every node the whole time from its beginning on; a state never becomes worse before that, nor better before the
 * node is heard.
 *
 * <ul>
 *   <li>Silent nodes become SUSPECT, DOWN, DEAD after the times of the settings; heard again they are UP.
 *   <li>When more than a third of the nodes of one service, and at least two, are missing, none becomes DEAD: it is more
 *       likely the network, or a machine room, and to make new copies of everything would do harm.
 *   <li>A node that comes and goes, {@value #FLAPS} times within {@link #MEMORY}, by new starts or long silences, stays
 *       SUSPECT until it was there without a break for {@link #FIRST_TRUST}, twice that after the next time, and so on
 *       up to {@link #LONGEST_TRUST}.
 * </ul>
 *
 * <p>Thread-safe. The clock is monotonic: a wall clock that is set must not kill nodes.
 */
final class FailureDetector {

    static final int FLAPS = 3;
    static final Duration MEMORY = Duration.ofMinutes(10);
    static final Duration FIRST_TRUST = Duration.ofSeconds(10);
    static final Duration LONGEST_TRUST = Duration.ofMinutes(5);

    private static final int MISSING_OF = 3;
    private static final int LEAST_TOGETHER = 2;

    private final LongSupplier millis;
    private final Map<String, Life> lives = new HashMap<>();
    private long begunMillis;

    /** What is known of one node. */
    private static final class Life {
        private final Deque<Long> flaps = new ArrayDeque<>();
        private @Nullable String bootId;
        private boolean wasHeard;
        private long lastMillis;
        private long steadySinceMillis;

        Life(long beganMillis) {
            lastMillis = beganMillis;
            steadySinceMillis = beganMillis;
        }
    }

    /** @param millis a clock that only goes forward */
    FailureDetector(LongSupplier millis) {
        this.millis = millis;
        this.begunMillis = millis.getAsLong();
    }

    /** Forgets everything: another one may have led before. */
    synchronized void begin() {
        lives.clear();
        begunMillis = millis.getAsLong();
    }

    /** A node has given a sign of life. */
    synchronized void heard(String id, String bootId, ClusterSettings settings) {
        long now = millis.getAsLong();
        Life life = lives.computeIfAbsent(id, _ -> new Life(begunMillis));
        boolean restarted = life.bootId != null && !life.bootId.equals(bootId);
        boolean wasAway = life.wasHeard
                && now - life.lastMillis >= settings.suspectAfter().toMillis();
        if (restarted || wasAway) {
            life.flaps.addLast(now);
        }
        if (restarted || wasAway || !life.wasHeard) {
            life.steadySinceMillis = now;
        }
        life.bootId = bootId;
        life.wasHeard = true;
        life.lastMillis = now;
    }

    /** How long ago a node was heard, or this began. */
    synchronized Duration silence(String id) {
        Life life = lives.get(id);
        return Duration.ofMillis(millis.getAsLong() - (life == null ? begunMillis : life.lastMillis));
    }

    /** What should be changed in the state; nothing when all of it is as it should be. */
    synchronized Optional<SetNodeStates> check(MetadataState state, ClusterSettings settings) {
        long now = millis.getAsLong();
        lives.keySet().retainAll(state.nodes().keySet());
        Map<Node.Service, Integer> together = missingTogether(state, settings, now);
        SetNodeStates.Builder changes = SetNodeStates.newBuilder()
                .setMissingTogether(
                        together.values().stream().mapToInt(Integer::intValue).sum());
        for (Node node : state.nodes().values()) {
            boolean maySeemDead = !together.containsKey(node.getService());
            Conclusion next = conclude(node, settings, now, maySeemDead);
            if (next.state() != node.getState() && node.getState() != Node.State.DECOMMISSIONED) {
                changes.addChangesBuilder()
                        .setId(node.getId())
                        .setFrom(node.getState())
                        .setTo(next.state())
                        .setReason(next.reason());
            }
        }
        boolean changesNothing = changes.getChangesCount() == 0
                && changes.getMissingTogether() == state.control().getMissingTogether();
        return changesNothing ? Optional.empty() : Optional.of(changes.build());
    }

    private record Conclusion(Node.State state, String reason) {}

    private Conclusion conclude(Node node, ClusterSettings settings, long now, boolean maySeemDead) {
        Life life = lives.computeIfAbsent(node.getId(), _ -> new Life(begunMillis));
        long silent = now - life.lastMillis;
        if (silent < settings.suspectAfter().toMillis()) {
            if (!life.wasHeard) {
                return new Conclusion(node.getState(), node.getStateReason());
            }
            Optional<String> distrust = distrust(life, now);
            if (distrust.isPresent()) {
                return new Conclusion(Node.State.SUSPECT, distrust.get());
            }
            return new Conclusion(node.getDrained() ? Node.State.DRAINING : Node.State.UP, "");
        }
        Node.State bySilence = silent >= settings.deadAfter().toMillis() && maySeemDead
                ? Node.State.DEAD
                : silent >= settings.downAfter().toMillis() ? Node.State.DOWN : Node.State.SUSPECT;
        return severity(bySilence) > severity(node.getState())
                ? new Conclusion(bySilence, "silent for " + silent / 1_000 + " s")
                : new Conclusion(node.getState(), node.getStateReason());
    }

    private static int severity(Node.State state) {
        return switch (state) {
            case STATE_UNSPECIFIED, UP, UNRECOGNIZED -> 0;
            case SUSPECT, DRAINING -> 1;
            case DOWN -> 2;
            case DEAD -> 3;
            case DECOMMISSIONED -> 4;
        };
    }

    private static Optional<String> distrust(Life life, long now) {
        while (!life.flaps.isEmpty() && now - life.flaps.getFirst() > MEMORY.toMillis()) {
            life.flaps.removeFirst();
        }
        int flaps = life.flaps.size();
        if (flaps < FLAPS) {
            return Optional.empty();
        }
        long trust = Math.min(LONGEST_TRUST.toMillis(), FIRST_TRUST.toMillis() << Math.min(flaps - FLAPS, 10));
        return now - life.steadySinceMillis >= trust
                ? Optional.empty()
                : Optional.of("came back " + flaps + " times within " + MEMORY.toMinutes()
                        + " min; trusted again after " + trust / 1_000 + " s without a break");
    }

    /** By service, where so many are missing that none of it becomes DEAD. */
    private Map<Node.Service, Integer> missingTogether(MetadataState state, ClusterSettings settings, long now) {
        Map<Node.Service, Integer> missing = new EnumMap<>(Node.Service.class);
        Map<Node.Service, Integer> all = new EnumMap<>(Node.Service.class);
        for (Node node : state.nodes().values()) {
            if (severity(node.getState()) < severity(Node.State.DEAD)) {
                Life life = lives.computeIfAbsent(node.getId(), _ -> new Life(begunMillis));
                all.merge(node.getService(), 1, Integer::sum);
                if (now - life.lastMillis >= settings.suspectAfter().toMillis()) {
                    missing.merge(node.getService(), 1, Integer::sum);
                }
            }
        }
        missing.entrySet()
                .removeIf(each -> each.getValue() < LEAST_TOGETHER
                        || each.getValue() * MISSING_OF <= all.getOrDefault(each.getKey(), 0));
        return missing;
    }
}
