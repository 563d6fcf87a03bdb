package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.e2e.process.ServerProcess;
import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that are stopped in order, as for a new version, are missed by nobody. */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RestartScenario {

    private static final boolean LONG = Boolean.getBoolean("test.long");

    private final SplittableRandom random = Seeds.splittable(RestartScenario.class);
    private final FaultCluster cluster;

    RestartScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void noClientSeesThatNodesAreRestartedOneAfterAnother() {
        List<ServerProcess> restarted = LONG ? cluster.storage() : List.of(cluster.leader(), cluster.follower());
        try (FaultRun run = FaultRun.start(new FaultRun.Setting("rolling", cluster), random.split())) {
            run.during(new RollingRestart(restarted, cluster.replicas()::awaitAlike), Duration.ZERO, Service.GOES_ON)
                    .settleAndJudge();
            assertThat(run.failures()).as("calls that were not answered").isEmpty();
        }
    }
}
