package io.vectordb.e2e.fault;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Consistency;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Disks that are full, stand still or lose what was not synced cost nothing that was acknowledged. */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DiskScenario {

    private static final boolean LONG = Boolean.getBoolean("test.long");
    private static final Duration NONE = Duration.ZERO;
    private static final Duration FULL = Duration.ofSeconds(LONG ? 20 : 1);
    private static final Duration STALLED = Duration.ofSeconds(LONG ? 60 : 10);

    private final SplittableRandom random = Seeds.splittable(DiskScenario.class);
    private final FaultCluster cluster;

    DiskScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void disksFillUpAndAreFreedAgain() {
        cluster.disks();
        FaultRun.Setting setting = new FaultRun.Setting("full", cluster, Consistency.Level.STRONG, true);
        try (FaultRun run = FaultRun.start(setting, random.split())) {
            run.during(new FullDisk("the leader", () -> List.of(cluster.leader())), FULL, Service.GOES_ON);
            if (LONG) {
                run.during(new FullDisk("a follower", () -> List.of(cluster.follower())), FULL, Service.GOES_ON)
                        .during(new FullDisk("all storage nodes", cluster::storage), FULL, Service.ANY);
            }
            run.settleAndJudge();
        }
        cluster.replicas().awaitAlike();
    }

    @Test
    void theDiskOfTheLeaderStandsStill() {
        SystemCalls calls = cluster.calls();
        try (FaultRun run = run("stall")) {
            run.during(new StalledDisk("the leader", calls, () -> List.of(cluster.leader())), STALLED, Service.GOES_ON);
            if (LONG) {
                run.during(
                                new StalledDisk("a follower", calls, () -> List.of(cluster.follower())),
                                STALLED,
                                Service.GOES_ON)
                        .during(new StalledDisk("all storage nodes", calls, cluster::storage), STALLED, Service.ANY);
            }
            run.settleAndJudge();
        }
    }

    /** Right after another one has become the leader, since votes are to be there too. */
    @Test
    void thePowerOfAllNodesIsCut() {
        DiskImages disks = cluster.disks();
        try (FaultRun run = run("power")) {
            if (LONG) {
                run.during(new PowerCut("a follower", disks, () -> List.of(cluster.follower())), NONE, Service.GOES_ON)
                        .during(
                                new PowerCut("the leader", disks, () -> List.of(cluster.leader())),
                                NONE,
                                Service.GOES_ON);
            }
            cluster.replicas().transferLeadership(cluster.follower().node());
            run.during(new PowerCut("all storage nodes", disks, cluster::storage), NONE, Service.ANY)
                    .settleAndJudge();
        }
    }

    private FaultRun run(String name) {
        return FaultRun.start(new FaultRun.Setting(name, cluster), random.split());
    }
}
