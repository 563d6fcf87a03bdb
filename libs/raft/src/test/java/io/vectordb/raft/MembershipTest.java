package io.vectordb.raft;

import static io.vectordb.raft.TestCluster.TIMEOUT;
import static io.vectordb.raft.TestCluster.await;
import static io.vectordb.raft.TestCluster.failure;
import static io.vectordb.raft.TestCluster.words;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vectordb.common.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members come, go and hand over the leadership while their group works. */
class MembershipTest {

    private static final GroupId GROUP = GroupId.of("orders-0");

    @TempDir
    Path folder;

    @Test
    void aFreshReplicaIsCopiedAndTakesThePlaceOfAMemberWhileWritesGoOn() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, 4)) {
            cluster.addGroup(GROUP, "n1", "n2", "n3");
            cluster.fillSegments(GROUP);
            RaftNode leader = cluster.leader(GROUP);
            leader.sync(GROUP).join();
            await(() -> !cluster.hasFirstSegment(leader, GROUP));
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    leader.submit(GROUP, ("later" + written.get()).getBytes(UTF_8), TIMEOUT)
                            .join();
                    written.incrementAndGet();
                }
            });
            RaftNode fresh = cluster.node("n4");
            String replaced = cluster.follower(GROUP).nodeId();
            fresh.addListener(GROUP, addresses(cluster, "n1", "n2", "n3"));
            leader.membership().addListener(GROUP, cluster.address("n4")).join();
            await(() -> isPromoted(leader, "n4", Optional.of(replaced)));
            cluster.node(replaced).removeGroup(GROUP);
            int then = written.get();
            await(() -> written.get() > then + 20);
            done.set(true);
            writer.join();
            List<String> expected = words(leader, GROUP);
            await(() -> words(fresh, GROUP).equals(expected));
            assertThat(leader.membership().members(GROUP))
                    .extracting(GroupMember::nodeId)
                    .contains("n4")
                    .doesNotContain(replaced);
            // The new member counts: with it and one of the old ones the group goes on.
            cluster.stop(leader.nodeId());
            cluster.add(GROUP, "after");
            assertThat(cluster.read(GROUP)).endsWith(",after");
            assertThat(cluster.fatal).isEmpty();
        }
    }

    /** A listener may have everything some time before the leader knows of it. */
    private static boolean isPromoted(RaftNode leader, String listener, Optional<String> replaced) {
        try {
            leader.membership().promote(GROUP, listener, replaced).join();
            return true;
        } catch (RuntimeException e) {
            assertThat(failure(() -> {
                                throw e;
                            })
                            .code())
                    .isEqualTo(ErrorCode.OPERATION_CONFLICT);
            return false;
        }
    }

    @Test
    void aGroupGrowsFromOneToThreeAndItsListenersSurviveARestart() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP, "n1");
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            cluster.node("n2").addListener(GROUP, addresses(cluster, "n1"));
            cluster.stop("n2");
            cluster.start("n2");
            leader.membership().addListener(GROUP, cluster.address("n2")).join();
            await(() -> cluster.add(GROUP, "b").endsWith(":b")
                    && words(cluster.node("n2"), GROUP).contains("b"));
            assertThat(leader.membership().members(GROUP))
                    .extracting(GroupMember::nodeId, GroupMember::voter)
                    .containsExactly(tuple("n1", true), tuple("n2", false));
            await(() -> isPromoted(leader, "n2", Optional.empty()));
            cluster.node("n3").addListener(GROUP, addresses(cluster, "n1", "n2"));
            leader.membership().addListener(GROUP, cluster.address("n3")).join();
            await(() -> words(cluster.node("n3"), GROUP).equals(words(leader, GROUP)));
            await(() -> isPromoted(leader, "n3", Optional.empty()));
            cluster.stop("n1");
            cluster.add(GROUP, "without the first");
            assertThat(cluster.fatal).isEmpty();
        }
    }

    @Test
    void leadershipGoesToTheVoterNamed() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            String next = cluster.follower(GROUP).nodeId();
            leader.membership().transferLeadership(GROUP, next, TIMEOUT).join();
            await(() -> cluster.leader(GROUP).nodeId().equals(next));
            cluster.add(GROUP, "b");
            assertThat(cluster.read(GROUP)).isEqualTo("a,b");
        }
    }

    @Test
    void aNodeHandsOverWhatItLeadsEvenWhenOneOfTheOthersIsAway() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            cluster.stop(cluster.follower(GROUP).nodeId());
            cluster.add(GROUP, "b");
            leader.membership().handOver(TIMEOUT);
            assertThat(leader.isLeader(GROUP)).isFalse();
            cluster.add(GROUP, "c");
            assertThat(cluster.read(GROUP)).isEqualTo("a,b,c");
        }
    }

    @Test
    void changesThatCannotBeMadeSayWhy() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            RaftNode leader = cluster.leader(GROUP);
            RaftNode follower = cluster.follower(GROUP);
            GroupMembership changes = leader.membership();
            assertThat(failure(() -> changes.remove(GROUP, leader.nodeId()).join())
                            .code())
                    .isEqualTo(ErrorCode.OPERATION_CONFLICT);
            assertThat(failure(() -> changes.promote(GROUP, "n9", Optional.empty())
                                    .join())
                            .code())
                    .isEqualTo(ErrorCode.NODE_NOT_FOUND);
            assertThat(failure(() -> follower.membership()
                                    .remove(GROUP, leader.nodeId())
                                    .join())
                            .code())
                    .isEqualTo(ErrorCode.NOT_LEADER);
        }
    }

    @Test
    void aDismissedReplicaIsSetAsideAndEndsNoProcess() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            RaftNode away = cluster.follower(GROUP);
            String id = away.nodeId();
            cluster.stop(id);
            leader.membership().remove(GROUP, id).join();
            cluster.add(GROUP, "b");
            // It was not told, and asks for votes.
            RaftNode back = cluster.start(id);
            boolean isSetAside = false;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!isSetAside && System.nanoTime() < end) {
                // Looked at without a pause: at no moment is the replica nowhere.
                boolean runs = back.groups().contains(GROUP);
                isSetAside = back.failedGroups().containsKey(GROUP);
                assertThat(runs || isSetAside).isTrue();
                Thread.onSpinWait();
            }
            assertThat(back.failedGroups().get(GROUP)).contains("no member");
            cluster.add(GROUP, "c");
            back.removeGroup(GROUP);
            assertThat(back.isHealthy()).isTrue();
            assertThat(cluster.fatal).isEmpty();
        }
    }

    @Test
    void aWipedReplicaDoesNotVoteAndJoinsAnewOnlyAfterItWasRemoved() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            String id = cluster.follower(GROUP).nodeId();
            List<RaftPeerAddress> others = cluster.members().stream()
                    .filter(peer -> !peer.nodeId().equals(id))
                    .toList();
            cluster.stop(id);
            DurableFiles.deleteTree(cluster.directory(id).resolve("groups"));
            DurableFiles.deleteTree(cluster.directory(id).resolve("log"));
            RaftNode wiped = cluster.start(id);
            assertThat(wiped.failedGroups().get(GROUP)).contains("its folder is gone");
            assertThat(failure(() -> wiped.addGroup(GROUP, cluster.members())).code())
                    .isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
            assertThat(failure(() -> wiped.addListener(GROUP, others)).code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
            leader.membership().remove(GROUP, id).join();
            wiped.addListener(GROUP, others);
            leader.membership().addListener(GROUP, cluster.address(id)).join();
            await(() -> words(wiped, GROUP).equals(words(leader, GROUP)));
            await(() -> isPromoted(leader, id, Optional.empty()));
            assertThat(wiped.isHealthy()).isTrue();
            cluster.add(GROUP, "b");
            assertThat(cluster.fatal).isEmpty();
        }
    }

    @Test
    void whatWasDeclaredLostStaysSo() {
        try (TestCluster cluster = new TestCluster(folder, 1)) {
            cluster.node("n1").declareLost(Set.of(GROUP), "the folder was wiped");
            cluster.stop("n1");
            RaftNode node = cluster.start("n1");
            assertThat(failure(() -> node.addGroup(GROUP, cluster.members())).code())
                    .isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
            node.removeGroup(GROUP);
            cluster.addGroup(GROUP);
            assertThat(cluster.add(GROUP, "a")).isEqualTo("1:a");
        }
    }

    @Test
    void aMemberAnswersAnother() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            RaftNode leader = cluster.leader(GROUP);
            String follower = cluster.follower(GROUP).nodeId();
            await(() -> new String(leader.ask(GROUP, follower, new byte[0]).join(), UTF_8).equals("a"));
            cluster.stop(follower);
            assertThat(failure(() -> leader.ask(GROUP, follower, new byte[0]).join())
                            .code())
                    .isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        }
    }

    private static List<RaftPeerAddress> addresses(TestCluster cluster, String... ids) {
        return List.of(ids).stream().map(cluster::address).toList();
    }
}
