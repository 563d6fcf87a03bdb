package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.collection;
import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.ClusterStates;
import io.vectordb.storage.StateStore;
import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Three members apply one log, each at its own pace and with restarts; a client asks now the one and now the other for what
 * changed since its version, misses answers and takes some twice.
 */
class WatchRandomizedTest {

    private static final int STEPS = 4_000;

    private final Random random = Seeds.random(WatchRandomizedTest.class);
    private final List<MetadataState> states = new ArrayList<>(List.of(MetadataState.EMPTY));
    private final List<List<String>> changes = new ArrayList<>(List.of(List.of()));

    /** How far a member has applied the log, and what it remembers. */
    private static final class Member {
        private final ChangeHistory history = new ChangeHistory();
        private int applied;
    }

    @Test
    void aClientHasTheStateOfTheServerAndNeverAnOlderOneThanBefore() {
        List<Member> members = List.of(new Member(), new Member(), new Member());
        ClusterState client = MetadataState.EMPTY.toClusterState();
        long whole = 0;
        for (int step = 0; step < STEPS; step++) {
            change();
            for (Member member : members) {
                advance(member, random.nextInt(3));
            }
            Member asked = members.get(random.nextInt(members.size()));
            if (random.nextInt(200) == 0) {
                asked.history.restart(states.get(asked.applied));
            }
            ClusterState before = client;
            long from = random.nextInt(100) == 0 ? 0 : client.getVersion();
            var update = asked.history.since(from);
            whole += update.getBaseVersion() == 0 ? 1 : 0;
            if (random.nextInt(4) > 0) {
                client = ClusterStates.after(client, update).orElse(client);
            }
            assertThat(client.getVersion()).isGreaterThanOrEqualTo(before.getVersion());
            assertThat(client).isEqualTo(stateOf(client.getVersion()));
        }
        for (Member member : members) {
            advance(member, states.size());
        }
        client = ClusterStates.after(client, members.getFirst().history.since(client.getVersion()))
                .orElse(client);
        assertThat(client).isEqualTo(states.getLast().toClusterState());
        assertThat(whole).isLessThan(STEPS / 10);
    }

    private ClusterState stateOf(long version) {
        return states.stream()
                .filter(state -> state.version() == version)
                .findFirst()
                .orElseThrow()
                .toClusterState();
    }

    private void advance(Member member, int entries) {
        for (int i = 0; i < entries && member.applied < states.size() - 1; i++) {
            member.applied++;
            member.history.add(states.get(member.applied), changes.get(member.applied));
        }
    }

    private void change() {
        Transition transition = MetadataCommands.apply(states.getLast(), states.size(), command());
        states.add(transition.state());
        changes.add(transition.changes().stream().map(StateStore.Change::key).toList());
    }

    private MetadataCommand command() {
        MetadataCommand.Builder command = MetadataCommand.newBuilder().setTimeMicros(random.nextInt(1_000_000));
        String name = "c" + random.nextInt(12);
        switch (random.nextInt(6)) {
            case 0 -> command.getRegisterNodeBuilder().setNode(reported(storage("s" + random.nextInt(5))));
            case 1 -> command.getRegisterNodeBuilder().setNode(reported(index("i" + random.nextInt(4))));
            case 2 -> command.getDeleteCollectionBuilder().setName(name).setIfExists(true);
            case 3 -> command.getAppendAuditBuilder().setAction("a");
            case 4 ->
                command.getSetNodeStatesBuilder()
                        .addChangesBuilder()
                        .setId("i" + random.nextInt(4))
                        .setFrom(Node.State.forNumber(1 + random.nextInt(3)))
                        .setTo(Node.State.forNumber(1 + random.nextInt(3)));
            default ->
                command.setCreateCollection(CreateCollection.newBuilder()
                        .setUid("uid-" + states.size())
                        .setRequest(CreateCollectionRequest.newBuilder()
                                .setCollection(collection(name, 1 + random.nextInt(3), 1))));
        }
        return command.build();
    }

    private Node reported(Node node) {
        return node.toBuilder().setBootId("boot-" + random.nextInt(3)).build();
    }
}
