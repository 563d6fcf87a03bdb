package io.vectordb.e2e.fault;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Clocks that differ change nothing of what clients may see, as long as they differ by less than request ids are kept. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "test.long", matches = "true")
class ClockScenario {

    private static final String COLLECTION = "clock";
    private static final Duration SKEW = Duration.ofMinutes(4);
    private static final Duration LASTS = Duration.ofSeconds(20);

    private final SplittableRandom random = Seeds.splittable(ClockScenario.class);

    @Test
    void clocksRunAheadAndBehind() {
        Assumptions.assumeTrue(SkewedClock.library().isPresent(), "skipped: libfaketime is not installed");
        try (FaultCluster cluster = FaultCluster.start(COLLECTION)) {
            cluster.create(COLLECTION);
            FaultRun.Setting setting = new FaultRun.Setting("clock", cluster, COLLECTION);
            try (FaultRun run = FaultRun.start(setting, random)) {
                run.during(leading(cluster, SKEW), LASTS, Service.GOES_ON)
                        .during(leading(cluster, SKEW.negated()), LASTS, Service.GOES_ON)
                        .settleAndJudge();
            }
        }
    }

    /** A follower gets the wrong clock, and then leads if one election more is won by it: one of the others dies. */
    private static Fault leading(FaultCluster cluster, Duration skew) {
        return new Both(
                new SkewedClock(cluster::follower, skew), new Kill("the leader", () -> List.of(cluster.leader())));
    }
}
