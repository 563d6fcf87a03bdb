package io.vectordb.e2e.fault;

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

/** Clocks that differ and jump change nothing of what clients may see, as long as they differ by less than ids are kept. */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClockScenario {

    private static final boolean LONG = Boolean.getBoolean("test.long");
    private static final int MOST_SECONDS = 270;
    private static final int JUMPS = LONG ? 20 : 3;
    private static final Duration LASTS = Duration.ofSeconds(LONG ? 5 : 1);

    private final SplittableRandom random = Seeds.splittable(ClockScenario.class);
    private final FaultCluster cluster;

    ClockScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void clocksJumpAheadAndBack() {
        SystemCalls calls = cluster.calls();
        SplittableRandom draws = random.split();
        try (FaultRun run = FaultRun.start(new FaultRun.Setting("clock", cluster), random.split())) {
            for (int i = 0; i < JUMPS; i++) {
                Duration ahead = Duration.ofSeconds(draws.nextInt(-MOST_SECONDS, MOST_SECONDS + 1));
                Fault wrong = new ClockShift("the leader", calls, () -> List.of(cluster.leader()), ahead);
                // Another one takes over whose clock tells something else.
                String next = cluster.follower().node();
                run.during(new Both(wrong, new Handover(cluster.replicas(), next)), LASTS, Service.GOES_ON);
            }
            run.during(
                            new ClockShift("a follower", calls, () -> followers(), Duration.ofDays(-1)),
                            LASTS,
                            Service.GOES_ON)
                    .settleAndJudge();
        }
    }

    private List<ServerProcess> followers() {
        return List.of(cluster.follower());
    }
}
