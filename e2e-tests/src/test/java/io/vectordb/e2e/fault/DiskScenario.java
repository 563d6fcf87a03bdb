package io.vectordb.e2e.fault;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Consistency;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A full disk costs nothing that was acknowledged, and its node comes back when there is room. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "test.long", matches = "true")
class DiskScenario {

    private static final String COLLECTION = "full";
    private static final int DISK_MEGABYTES = 96;
    private static final Duration LASTS = Duration.ofSeconds(15);

    private final SplittableRandom random = Seeds.splittable(DiskScenario.class);

    @Test
    void disksFillUpAndAreFreedAgain() {
        Optional<String> obstacle = SmallDisks.notPossibleBecause();
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "skipped: " + obstacle.orElseThrow());
        try (FaultCluster cluster = FaultCluster.startOn(new SmallDisks(DISK_MEGABYTES), COLLECTION)) {
            cluster.create(COLLECTION);
            FaultRun.Setting setting =
                    new FaultRun.Setting("full", cluster, COLLECTION, Consistency.Level.STRONG, true);
            try (FaultRun run = FaultRun.start(setting, random)) {
                run.during(new FullDisk("a follower", () -> List.of(cluster.follower())), LASTS, Service.GOES_ON)
                        .during(new FullDisk("the leader", () -> List.of(cluster.leader())), LASTS, Service.GOES_ON)
                        .during(new FullDisk("all storage nodes", cluster::storage), LASTS, Service.ANY)
                        .settleAndJudge();
            }
        }
    }
}
