package io.vectordb.raft;

import static io.vectordb.raft.TestCluster.await;
import static io.vectordb.raft.TestCluster.failure;
import static io.vectordb.raft.TestCluster.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group that lost its majority goes on under another name with what one replica has. */
class SuccessionTest {

    private static final GroupId GROUP = GroupId.of("orders-0.1");
    private static final GroupId NEXT = GroupId.of("orders-0.2");

    @TempDir
    Path folder;

    /** Three words are in the group, all nodes but one stop, and a fourth word is in the next group. */
    private static RaftNode goOnAlone(TestCluster cluster, String id) {
        cluster.addGroup(GROUP);
        List.of("a", "b", "c").forEach(word -> cluster.add(GROUP, word));
        cluster.nodes().stream()
                .map(RaftNode::nodeId)
                .filter(each -> !each.equals(id))
                .forEach(cluster::stop);
        cluster.node(id).succeed(GROUP, NEXT);
        cluster.add(NEXT, "d");
        return cluster.node(id);
    }

    @Test
    void oneReplicaGoesOnAndTheOthersAreNeverHeardAgain() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            RaftNode survivor = goOnAlone(cluster, "n3");
            assertThat(words(survivor, NEXT)).containsExactly("a", "b", "c", "d");
            assertThat(survivor.groups()).containsExactly(NEXT);
            assertThat(survivor.retiredGroups()).containsOnlyKeys(GROUP);
            // Asked once more, as after a lost answer.
            survivor.succeed(GROUP, NEXT);
            cluster.stop("n3");
            cluster.start("n3");
            // The old ones are a majority of what they know; they are left alone with it.
            cluster.start("n1");
            cluster.start("n2");
            cluster.add(GROUP, "lost");
            cluster.add(NEXT, "e");
            assertThat(words(cluster.node("n3"), NEXT)).containsExactly("a", "b", "c", "d", "e");
            retire(cluster, "n1");
            retire(cluster, "n2");
            assertThat(cluster.fatal).isEmpty();
        }
    }

    /** It does not run any more, after a restart as well, and is no failure. */
    private static void retire(TestCluster cluster, String id) {
        cluster.node(id).retireGroup(GROUP);
        cluster.stop(id);
        RaftNode node = cluster.start(id);
        assertThat(node.groups()).isEmpty();
        assertThat(node.retiredGroups()).containsOnlyKeys(GROUP);
        assertThat(node.failedGroups()).isEmpty();
        assertThat(node.isHealthy()).isTrue();
        assertThat(failure(() -> node.state(GROUP)).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        node.removeGroup(GROUP);
        assertThat(node.retiredGroups()).isEmpty();
    }

    @Test
    void newMembersTakeACopyAndVoteAndTheFirstOneMayGo() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            RaftNode survivor = goOnAlone(cluster, "n1");
            for (String id : List.of("n2", "n3")) {
                cluster.start(id).addListener(NEXT, List.of(cluster.address("n1")));
                survivor.membership().addListener(NEXT, cluster.address(id)).join();
                await(() -> words(cluster.node(id), NEXT).equals(words(survivor, NEXT)));
                await(() -> isPromoted(survivor, id));
            }
            cluster.stop("n1");
            cluster.add(NEXT, "e");
            assertThat(words(cluster.leader(NEXT), NEXT)).containsExactly("a", "b", "c", "d", "e");
            assertThat(cluster.fatal).isEmpty();
        }
    }

    private static boolean isPromoted(RaftNode leader, String id) {
        try {
            leader.membership().promote(NEXT, id, Optional.empty()).join();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void whatTheLogHasAndTheStateHadNotIsAppliedInOrder() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, 1)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            Path journal = cluster.directory("n1")
                    .resolve("groups")
                    .resolve(GROUP.name())
                    .resolve("state/journal");
            String early = Files.readString(journal);
            List.of("b", "c").forEach(word -> cluster.add(GROUP, word));
            cluster.stop("n1");
            Files.writeString(journal, early);
            RaftNodeConfig config =
                    RaftNodeConfig.ofNode("n1", "127.0.0.1", 0, cluster.directory("n1"), RaftSettings.shards());
            GroupDirectory next = GroupDirectory.of(config, NEXT);
            GroupSuccession succession = new GroupSuccession(config, (_, directory) -> new JournalState(directory));
            succession.prepare(GroupDirectory.of(config, GROUP), next);
            // A crash in between: it is made anew.
            succession.prepare(GroupDirectory.of(config, GROUP), next);
            JournalState made = new JournalState(next.state());
            made.open();
            assertThat(made.words()).containsExactly("a", "b", "c");
            assertThat(Files.readString(journal)).isEqualTo(early);
            assertThat(next.hasLog()).isTrue();
            assertThat(Files.readString(next.log().resolve("current/raft-meta")))
                    .contains("term=1");
        }
    }

    @Test
    void aGroupThatWasNeverHereIsNotGoneOnWith() {
        try (TestCluster cluster = new TestCluster(folder, 1)) {
            assertThat(failure(() -> cluster.node("n1").succeed(GROUP, NEXT)).code())
                    .isEqualTo(ErrorCode.SEGMENT_CORRUPT);
            assertThat(cluster.node("n1").groups()).isEmpty();
        }
    }
}
