package io.vectordb.raft;

import static io.vectordb.raft.TestCluster.await;
import static io.vectordb.raft.TestCluster.words;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nodes reach each other through relays, on which old connections stand still and new ones work. */
class ConnectionsTest {

    private static final GroupId GROUP = GroupId.of("orders-0.1");

    @TempDir
    Path folder;

    private final Map<String, Relay> relays = new ConcurrentHashMap<>();
    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(folder, 3, (id, port) -> {
            Relay relay = new Relay(port);
            relays.put(id, relay);
            return relay.port();
        });
        cluster.addGroup(GROUP);
        cluster.add(GROUP, "a");
        cluster.nodes().forEach(node -> await(() -> words(node, GROUP).equals(List.of("a"))));
    }

    @AfterEach
    void close() {
        cluster.close();
        relays.values().forEach(Relay::close);
    }

    /** Whoever leads has connections to the others, and keeps them when it leads no more. */
    private void connectAll() {
        for (RaftNode node : cluster.nodes()) {
            await(() -> {
                if (!node.isLeader(GROUP)) {
                    cluster.leader(GROUP)
                            .membership()
                            .transferLeadership(GROUP, node.nodeId(), Duration.ofSeconds(5))
                            .exceptionally(_ -> null)
                            .join();
                }
                return node.isLeader(GROUP);
            });
        }
    }

    @Test
    void membersWhoseConnectionsStandStillElectALeaderWhenTheirsStops() {
        connectAll();
        relays.values().forEach(Relay::freeze);
        cluster.stop(cluster.leader(GROUP).nodeId());
        cluster.add(GROUP, "b");
        assertThat(words(cluster.leader(GROUP), GROUP)).containsExactly("a", "b");
    }

    @Test
    void aFollowerWhoseConnectionStandsStillIsSentWhatItLacks() {
        RaftNode follower = cluster.follower(GROUP);
        Objects.requireNonNull(relays.get(follower.nodeId())).freeze();
        cluster.add(GROUP, "b");
        await(() -> words(follower, GROUP).equals(List.of("a", "b")));
    }
}
