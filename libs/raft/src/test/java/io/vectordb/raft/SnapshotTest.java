package io.vectordb.raft;

import static io.vectordb.raft.TestCluster.await;
import static io.vectordb.raft.TestCluster.words;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members whose missing entries are gone from the leader's log. */
class SnapshotTest {

    private static final GroupId GROUP = GroupId.of("orders-0");

    @TempDir
    Path folder;

    @Test
    void aMemberFarBehindIsCopiedWhileWritesGoOn() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "first");
            String away = cluster.follower(GROUP).nodeId();
            cluster.stop(away);
            purge(cluster);
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    cluster.add(GROUP, "later" + written.get());
                    written.incrementAndGet();
                }
            });
            RaftNode back = cluster.start(away);
            await(() -> back.appliedIndex(GROUP) > 2_200);
            int then = written.get();
            await(() -> written.get() > then + 20);
            done.set(true);
            writer.join();
            List<String> expected = words(cluster.leader(GROUP), GROUP);
            await(() -> words(back, GROUP).size() == expected.size());
            assertThat(words(back, GROUP)).isEqualTo(expected);
            assertThat(cluster.fatal).isEmpty();
            assertThat(cluster.directory(away).resolve("groups/" + GROUP + "/state/copied.position"))
                    .exists();
            restart(cluster, away, expected);
        }
    }

    /** What was copied survives, and nothing of it is taken for a loss. */
    private static void restart(TestCluster cluster, String id, List<String> expected) {
        cluster.stop(id);
        RaftNode again = cluster.start(id);
        assertThat(again.failedGroups()).isEmpty();
        cluster.add(GROUP, "last");
        await(() -> words(again, GROUP).size() == expected.size() + 1);
    }

    @Test
    void aCopyThatWasCompleteBeforeTheCrashIsTakenAtTheStart() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "first");
            String away = cluster.follower(GROUP).nodeId();
            cluster.stop(away);
            purge(cluster);
            RaftNode leader = cluster.leader(GROUP);
            RaftNodeConfig config =
                    RaftNodeConfig.ofNode(away, "127.0.0.1", 1, cluster.directory(away), RaftSettings.shards());
            GroupDirectory directory = GroupDirectory.of(config, GROUP);
            // As SnapshotReceiver leaves it: complete, while Ratis has emptied the log already.
            JournalState source = (JournalState) leader.state(GROUP);
            source.checkpoint(directory.incomingDraft());
            directory.completeIncoming(source.verify(directory.incomingDraft()));
            try (var log = Files.list(directory.log().resolve("current"))) {
                for (Path file : log.filter(f -> f.getFileName().toString().startsWith("log_"))
                        .toList()) {
                    Files.delete(file);
                }
            }
            RaftNode back = cluster.start(away);
            assertThat(back.failedGroups()).isEmpty();
            cluster.add(GROUP, "last");
            await(() -> words(back, GROUP).equals(words(leader, GROUP)));
        }
    }

    @Test
    void halfACopyIsNeverOpened() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, 1)) {
            cluster.addGroup(GROUP);
            cluster.add(GROUP, "a");
            cluster.stop("n1");
            Path group = cluster.directory("n1").resolve("groups/" + GROUP);
            Files.createDirectories(group.resolve("incoming.tmp"));
            Files.writeString(group.resolve("incoming.tmp/journal"), "1 99 half");
            Files.createDirectories(group.resolve("outgoing/7"));
            cluster.start("n1");
            assertThat(cluster.read(GROUP)).isEqualTo("a");
            assertThat(group.resolve("incoming.tmp")).doesNotExist();
            assertThat(group.resolve("outgoing")).doesNotExist();
        }
    }

    @Test
    void theLogIsKeptWithinTheMarginForAMemberThatIsAway() {
        try (TestCluster cluster = new TestCluster(folder, 3)) {
            cluster.addGroup(GROUP);
            String away = cluster.follower(GROUP).nodeId();
            cluster.stop(away);
            for (int i = 0; i < 50; i++) {
                cluster.add(GROUP, "w" + i);
            }
            RaftNode leader = cluster.leader(GROUP);
            leader.sync(GROUP).join();
            assertThat(cluster.hasFirstSegment(leader, GROUP)).isTrue();
            RaftNode back = cluster.start(away);
            await(() -> words(back, GROUP).equals(words(leader, GROUP)));
            assertThat(cluster.directory(away).resolve("groups/" + GROUP + "/state/copied.position"))
                    .doesNotExist();
        }
    }

    /** Writes much and cuts the leader's log. */
    private static void purge(TestCluster cluster) {
        cluster.fillSegments(GROUP);
        RaftNode leader = cluster.leader(GROUP);
        leader.sync(GROUP).join();
        await(() -> !cluster.hasFirstSegment(leader, GROUP));
    }
}
