package io.vectordb.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupMonitorTest {

    private final List<String> fatal = new ArrayList<>();
    private final GroupMonitor monitor =
            new GroupMonitor(RaftSettings.shards(), (group, reason, _) -> fatal.add(group + ": " + reason));
    private final FakeReplica replica = new FakeReplica();

    @Test
    void aVoterThatStaysStoppedIsFatal() {
        replica.zombie = true;
        checkAt(0);
        checkAt(9);
        assertThat(fatal).isEmpty();
        checkAt(10);
        assertThat(fatal).containsExactly("g: a voting replica is stopped for 10 s");
    }

    @Test
    void aVoterThatComesBackIsNot() {
        replica.zombie = true;
        checkAt(0);
        replica.zombie = false;
        checkAt(5);
        replica.zombie = true;
        checkAt(6);
        checkAt(15);
        assertThat(fatal).isEmpty();
    }

    @Test
    void aCopyThatIsNotTakenInIsFatal() {
        replica.receivedNanos = 1;
        checkAt(59);
        assertThat(fatal).isEmpty();
        checkAt(61);
        assertThat(fatal).containsExactly("g: a copy of the state is not taken in for 60 s");
    }

    @Test
    void entriesBytesAndTimeLeadToASync() {
        checkAt(0);
        replica.entries = 99_999;
        checkAt(1);
        assertThat(replica.syncs).isZero();
        replica.entries = 100_000;
        checkAt(2);
        assertThat(replica.syncs).isEqualTo(1);
        replica.entries = 1;
        replica.bytes = 256L << 20;
        checkAt(3);
        assertThat(replica.syncs).isEqualTo(2);
        replica.bytes = 1;
        checkAt(602);
        assertThat(replica.syncs).isEqualTo(2);
        checkAt(603);
        assertThat(replica.syncs).isEqualTo(3);
        replica.entries = 0;
        checkAt(6_000);
        assertThat(replica.syncs).isEqualTo(3);
    }

    @Test
    void aLeaderWhoseLogIsNotSyncedHandsOver() {
        replica.flushingAfter = 7;
        checkAt(0);
        checkAt(2);
        assertThat(replica.handovers).isZero();
        checkAt(3);
        checkAt(5);
        assertThat(replica.handovers).isEqualTo(1);
        checkAt(6);
        assertThat(replica.handovers).isEqualTo(2);
    }

    @Test
    void aLeaderWhoseDiskIsSlowStays() {
        for (int seconds = 0; seconds < 20; seconds++) {
            replica.flushingAfter = seconds % 10 == 9 ? -1 : seconds / 2;
            checkAt(seconds);
        }
        assertThat(replica.handovers).isZero();
    }

    @Test
    void aLeaderWhomNoMajorityAnswersStepsDown() {
        replica.unansweredMillis = 2_999;
        checkAt(0);
        assertThat(replica.stepDowns).isZero();
        replica.unansweredMillis = 3_000;
        checkAt(1);
        assertThat(replica.stepDowns).isEqualTo(1);
    }

    @Test
    void aSilentPeerIsConnectedToAnewNowAndThenWhicheverGroupMissesIt() {
        checkAt(0);
        assertThat(replica.reconnected).isEmpty();
        replica.silentPeers = Set.of("p");
        checkAt(1);
        checkAt(2);
        checkAt(6);
        assertThat(replica.reconnected).containsExactly("p");
        checkAt(7);
        assertThat(replica.reconnected).containsExactly("p", "p");
        assertThat(replica.patience).isEqualTo(Duration.ofSeconds(6));
    }

    private void checkAt(long seconds) {
        monitor.check(List.of(replica), Duration.ofSeconds(seconds).toNanos());
    }

    private static final class FakeReplica implements GroupMonitor.Replica {
        private boolean zombie;
        private long receivedNanos;
        private long flushingAfter = -1;
        private int handovers;
        private long unansweredMillis;
        private int stepDowns;
        private Set<String> silentPeers = Set.of();
        private final List<String> reconnected = new ArrayList<>();
        private Duration patience = Duration.ZERO;
        private long entries;
        private long bytes;
        private int syncs;

        @Override
        public String name() {
            return "g";
        }

        @Override
        public boolean isZombie() {
            return zombie;
        }

        @Override
        public long receivedNanos() {
            return receivedNanos;
        }

        @Override
        public long flushingAfter() {
            return flushingAfter;
        }

        @Override
        public void handOver() {
            handovers++;
        }

        @Override
        public long unansweredMillis() {
            return unansweredMillis;
        }

        @Override
        public void stepDown() {
            stepDowns++;
        }

        @Override
        public Set<String> silentPeers(Duration asked) {
            patience = asked;
            return silentPeers;
        }

        @Override
        public void reconnect(String peer) {
            reconnected.add(peer);
        }

        @Override
        public long entriesSinceSync() {
            return entries;
        }

        @Override
        public long bytesSinceSync() {
            return bytes;
        }

        @Override
        public void sync() {
            syncs++;
        }
    }
}
