package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.fault.FaultRun.Service;
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
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that are stopped in order, as for a new version, are missed by nobody. */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RestartScenario {

    /** What a client has that says nothing of time. */
    private static final Duration USUAL_SERVER_TIME = Duration.ofSeconds(10);

    private static final boolean LONG = Boolean.getBoolean("test.long");

    private final SplittableRandom random = Seeds.splittable(RestartScenario.class);
    private final FaultCluster cluster;

    RestartScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void noClientSeesThatNodesAreRestartedOneAfterAnother() {
        List<ServerProcess> restarted = LONG ? cluster.storage() : List.of(cluster.leader(), cluster.follower());
        FaultRun.Setting setting =
                new FaultRun.Setting("rolling", cluster, Consistency.Level.STRONG, false, USUAL_SERVER_TIME);
        try (FaultRun run = FaultRun.start(setting, random.split())) {
            run.during(new RollingRestart(restarted, cluster.replicas()::awaitAlike), Duration.ZERO, Service.GOES_ON)
                    .settleAndJudge();
            assertThat(run.failures()).as("calls that were not answered").isEmpty();
        }
    }
}
