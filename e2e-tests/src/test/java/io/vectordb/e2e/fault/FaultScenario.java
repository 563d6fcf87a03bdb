package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.e2e.fault.Partition.Cut;
import io.vectordb.e2e.process.ServerProcess;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Consistency;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What clients see while storage nodes die, stop and lose each other is what a single correct store would show: single keys
 * are linearizable, and no record is lost, doubled or revived. With {@code -Dtest.long=true} each fault lasts as long as
 * those that happen.
 */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FaultScenario {

    private static final boolean LONG = Boolean.getBoolean("test.long");
    private static final Duration DOWN = Duration.ofSeconds(LONG ? 10 : 1);
    private static final Duration SHORT_PAUSE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(20);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(90);
    private static final Duration APART = Duration.ofSeconds(LONG ? 60 : 4);

    private final SplittableRandom random = Seeds.splittable(FaultScenario.class);
    private final FaultCluster cluster;

    FaultScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void storageNodesAreKilled() {
        try (FaultRun run = run("kill")) {
            run.during(new Kill("the leader", () -> List.of(cluster.leader())), DOWN, Service.GOES_ON);
            if (LONG) {
                run.during(new Kill("a follower", () -> List.of(cluster.follower())), DOWN, Service.GOES_ON);
            }
            run.during(new Kill("all storage nodes", cluster::storage), DOWN, Service.ANY)
                    .settleAndJudge();
        }
    }

    @Test
    void storageNodesArePaused() {
        try (FaultRun run = run("pause")) {
            run.during(new Pause("the leader", () -> List.of(cluster.leader())), SHORT_PAUSE, Service.ANY)
                    .during(new Pause("all storage nodes", cluster::storage), SHORT_PAUSE, Service.ANY)
                    .during(new Pause("the leader", () -> List.of(cluster.leader())), PAUSE, Service.GOES_ON);
            if (LONG) {
                run.during(new Pause("a follower", () -> List.of(cluster.follower())), PAUSE, Service.GOES_ON)
                        .during(new Pause("all storage nodes", cluster::storage), PAUSE, Service.ANY)
                        .during(new Pause("the leader", () -> List.of(cluster.leader())), LONG_PAUSE, Service.GOES_ON)
                        .during(new Pause("all storage nodes", cluster::storage), LONG_PAUSE, Service.ANY);
            }
            run.settleAndJudge();
        }
    }

    @Test
    void theLeaderIsCutOff() {
        Namespaces network = cluster.network();
        Fault halves = new Partition("the leader and the others do not hear each other", network, () -> {
            ServerProcess leader = cluster.leader();
            return Partition.alone(leader.node(), FaultCluster.others(leader));
        });
        try (FaultRun run = run("halves")) {
            run.during(halves, APART, Service.GOES_ON).settleAndJudge();
        }
    }

    @Test
    void twoNodesLoseEachOtherAndTheThirdHearsBoth() {
        Namespaces network = cluster.network();
        Fault ring = new Partition("the leader and one follower do not hear each other", network, () -> {
            String leader = cluster.leader().node();
            String follower = cluster.follower().node();
            return List.of(new Cut(leader, follower), new Cut(follower, leader));
        });
        try (FaultRun run = run("ring")) {
            run.during(ring, APART, Service.GOES_ON).settleAndJudge();
        }
    }

    @Test
    void theLeaderIsHeardAndHearsNobodyAndTheOtherWayRound() {
        Namespaces network = cluster.network();
        Fault deaf = new Partition("the leader does not hear the others", network, () -> {
            ServerProcess leader = cluster.leader();
            return FaultCluster.others(leader).stream()
                    .map(other -> new Cut(other, leader.node()))
                    .toList();
        });
        Fault mute = new Partition("the others do not hear the leader", network, () -> {
            ServerProcess leader = cluster.leader();
            return FaultCluster.others(leader).stream()
                    .map(other -> new Cut(leader.node(), other))
                    .toList();
        });
        try (FaultRun run = run("oneway")) {
            run.during(deaf, APART, Service.GOES_ON)
                    .during(mute, APART, Service.GOES_ON)
                    .settleAndJudge();
        }
    }

    @Test
    void packetsGetLost() {
        try (FaultRun run = run("loss")) {
            run.during(new PacketLoss(cluster.network(), 0.2), APART, Service.ANY)
                    .settleAndJudge();
        }
    }

    /** Answers take several rounds of messages; elections time out at 1.5 to 3 s. */
    @Test
    void messagesAreUnderWayForLong() {
        cluster.network();
        try (FaultRun run = run("delay")) {
            run.during(new PacketDelay(cluster, Duration.ofMillis(150)), APART, Service.GOES_ON)
                    .settleAndJudge();
        }
    }

    /** Else all the others would say nothing: reads of any replica are stale while the leader is cut off. */
    @Test
    @EnabledIfSystemProperty(named = "test.long", matches = "true")
    void readsThatMayBeStaleAreFound() {
        Namespaces network = cluster.network();
        Fault halves = new Partition("the leader and the others do not hear each other", network, () -> {
            ServerProcess leader = cluster.leader();
            return Partition.alone(leader.node(), FaultCluster.others(leader));
        });
        try (FaultRun run = run("stale", Consistency.Level.EVENTUAL)) {
            List<String> wrong =
                    run.during(halves, Duration.ofSeconds(10), Service.ANY).settle();
            System.out.println(wrong.size() + " keys are not linearizable, such as "
                    + wrong.stream().findFirst());
            assertThat(wrong).isNotEmpty();
        }
    }

    private FaultRun run(String name) {
        return run(name, Consistency.Level.STRONG);
    }

    private FaultRun run(String name, Consistency.Level reads) {
        return FaultRun.start(new FaultRun.Setting(name, cluster, reads, false), random.split());
    }
}
