package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ClusterSettings;
import io.vectordb.internal.metadata.v1.ClusterControl;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.SetNodeStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** In virtual time: every test second, all nodes that live give a sign and the leader looks. */
class FailureDetectorTest {

    private static final ClusterSettings SETTINGS = ClusterSettings.DEFAULTS;

    private final AtomicLong millis = new AtomicLong();
    private final FailureDetector detector = new FailureDetector(millis::get);
    private final Map<String, String> boots = new HashMap<>();
    private final Set<String> silent = new HashSet<>();
    private final List<String> history = new ArrayList<>();
    private MetadataState state = MetadataState.EMPTY;

    private void add(Node node) {
        state = state.withNode(node.toBuilder().setState(Node.State.UP).build());
        boots.put(node.getId(), "boot-1");
    }

    private void addStorage(int count) {
        for (int i = 1; i <= count; i++) {
            add(storage("s" + i));
        }
    }

    private void run(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            millis.addAndGet(1_000);
            state.nodes().keySet().stream()
                    .filter(id -> !silent.contains(id))
                    .forEach(id -> detector.heard(id, boots.getOrDefault(id, ""), SETTINGS));
            detector.check(state, SETTINGS).ifPresent(this::take);
        }
    }

    private void take(SetNodeStates states) {
        state = state.withControl(ClusterControl.newBuilder()
                .setMissingTogether(states.getMissingTogether())
                .build());
        for (SetNodeStates.Change change : states.getChangesList()) {
            state = state.withNode(node(change.getId()).toBuilder()
                    .setState(change.getTo())
                    .setStateReason(change.getReason())
                    .build());
            history.add(change.getId() + " " + change.getTo() + " at " + millis.get() / 1_000);
        }
    }

    private Node node(String id) {
        return state.nodes().getOrDefault(id, Node.getDefaultInstance());
    }

    private Node.State stateOf(String id) {
        return node(id).getState();
    }

    @Test
    void aSilentNodeBecomesSuspectDownAndDeadInTimeAndUpWhenItIsHeard() {
        addStorage(4);
        run(Duration.ofSeconds(10));
        silent.add("s1");
        run(Duration.ofMinutes(11));
        assertThat(history).containsExactly("s1 SUSPECT at 15", "s1 DOWN at 40", "s1 DEAD at 610");
        silent.clear();
        run(Duration.ofSeconds(1));
        assertThat(stateOf("s1")).isEqualTo(Node.State.UP);
        assertThat(node("s1").getStateReason()).isEmpty();
    }

    @Test
    void nodesThatLiveAreNeverTouched() {
        addStorage(9);
        run(Duration.ofHours(1));
        assertThat(history).isEmpty();
    }

    @Test
    void aNewLeaderGivesEveryNodeTheWholeTimeAndTakesNoneForBetterBeforeItIsHeard() {
        addStorage(4);
        silent.add("s1");
        run(Duration.ofSeconds(32));
        assertThat(stateOf("s1")).isEqualTo(Node.State.DOWN);
        silent.add("s2");
        run(Duration.ofSeconds(4));
        detector.begin();
        history.clear();
        run(Duration.ofSeconds(4));
        assertThat(history).isEmpty();
        run(Duration.ofSeconds(2));
        assertThat(history).containsExactly("s2 SUSPECT at 41");
        run(Duration.ofSeconds(580));
        assertThat(stateOf("s1")).isEqualTo(Node.State.DOWN);
    }

    @Test
    void whenMoreThanAThirdVanishNoneBecomesDeadUntilEnoughAreBack() {
        addStorage(6);
        run(Duration.ofSeconds(10));
        silent.addAll(Set.of("s1", "s2", "s3"));
        run(Duration.ofHours(2));
        assertThat(stateOf("s1")).isEqualTo(Node.State.DOWN);
        assertThat(state.control().getMissingTogether()).isEqualTo(3);
        silent.remove("s3");
        run(Duration.ofSeconds(2));
        assertThat(state.control().getMissingTogether()).isZero();
        assertThat(stateOf("s1")).isEqualTo(Node.State.DEAD);
        assertThat(stateOf("s2")).isEqualTo(Node.State.DEAD);
        assertThat(stateOf("s3")).isEqualTo(Node.State.UP);
    }

    @Test
    void aThirdIsNotMoreThanAThirdAndServicesAreCountedApart() {
        addStorage(6);
        add(index("i1"));
        add(index("i2"));
        run(Duration.ofSeconds(10));
        silent.addAll(Set.of("s1", "s2", "i1", "i2"));
        run(Duration.ofMinutes(11));
        assertThat(stateOf("s1")).isEqualTo(Node.State.DEAD);
        assertThat(stateOf("i1")).isEqualTo(Node.State.DOWN);
        assertThat(state.control().getMissingTogether()).isEqualTo(2);
    }

    @Test
    void aNodeThatRestartsAgainAndAgainIsTrustedOnlyAfterALongerAndLongerTime() {
        addStorage(4);
        run(Duration.ofSeconds(10));
        for (int start = 2; start <= 3; start++) {
            boots.put("s1", "boot-" + start);
            run(Duration.ofSeconds(20));
        }
        assertThat(history).isEmpty();
        boots.put("s1", "boot-4");
        run(Duration.ofSeconds(5));
        assertThat(stateOf("s1")).isEqualTo(Node.State.SUSPECT);
        assertThat(node("s1").getStateReason()).contains("3 times").contains("10 s");
        run(Duration.ofSeconds(6));
        assertThat(stateOf("s1")).isEqualTo(Node.State.UP);
        boots.put("s1", "boot-5");
        run(Duration.ofSeconds(19));
        assertThat(stateOf("s1")).isEqualTo(Node.State.SUSPECT);
        run(Duration.ofSeconds(2));
        assertThat(stateOf("s1")).isEqualTo(Node.State.UP);
        run(FailureDetector.MEMORY);
        boots.put("s1", "boot-6");
        history.clear();
        run(Duration.ofSeconds(5));
        assertThat(history).isEmpty();
    }

    @Test
    void aNodeWhoseSignsComeAndGoStaysSuspect() {
        addStorage(4);
        run(Duration.ofSeconds(10));
        for (int i = 0; i < 6; i++) {
            silent.add("s1");
            run(Duration.ofSeconds(7));
            silent.remove("s1");
            run(Duration.ofSeconds(4));
        }
        history.clear();
        assertThat(stateOf("s1")).isEqualTo(Node.State.SUSPECT);
        run(Duration.ofSeconds(60));
        assertThat(stateOf("s1")).isEqualTo(Node.State.SUSPECT);
        run(Duration.ofSeconds(30));
        assertThat(history).hasSize(1);
        assertThat(stateOf("s1")).isEqualTo(Node.State.UP);
    }

    @Test
    void aDecommissionedNodeStaysThatAndADrainingOneStaysWhileItLives() {
        addStorage(4);
        state = state.withNode(
                node("s1").toBuilder().setState(Node.State.DECOMMISSIONED).build());
        state = state.withNode(node("s2").toBuilder()
                .setState(Node.State.DRAINING)
                .setDrained(true)
                .build());
        silent.add("s1");
        run(Duration.ofMinutes(20));
        assertThat(history).isEmpty();
        silent.add("s2");
        run(Duration.ofSeconds(10));
        assertThat(stateOf("s2")).isEqualTo(Node.State.DRAINING);
        run(Duration.ofSeconds(25));
        assertThat(stateOf("s2")).isEqualTo(Node.State.DOWN);
        silent.remove("s2");
        run(Duration.ofSeconds(1));
        assertThat(stateOf("s2")).as("it is still to be emptied").isEqualTo(Node.State.DRAINING);
    }
}
