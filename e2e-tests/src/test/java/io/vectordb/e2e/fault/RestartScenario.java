package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.testkit.Seeds;
import java.time.Duration;
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

    private final SplittableRandom random = Seeds.splittable(RestartScenario.class);
    private final FaultCluster cluster;

    RestartScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void noClientSeesThatNodesAreRestartedOneAfterAnother() {
        try (FaultRun run = FaultRun.start(new FaultRun.Setting("rolling", cluster), random.split())) {
            run.during(
                            new RollingRestart(cluster.storage(), cluster.replicas()::awaitAlike),
                            Duration.ZERO,
                            Service.GOES_ON)
                    .settleAndJudge();
            assertThat(run.failures()).as("calls that were not answered").isEmpty();
        }
    }
}
