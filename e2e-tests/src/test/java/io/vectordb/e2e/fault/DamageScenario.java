package io.vectordb.e2e.fault;

import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a disk does to one replica of three, what was acknowledged is there when the two others are. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "test.long", matches = "true")
class DamageScenario {

    private static final String COLLECTION = "damage";
    private static final Duration LASTS = Duration.ofSeconds(10);

    private final SplittableRandom random = Seeds.splittable(DamageScenario.class);

    @ParameterizedTest
    @EnumSource(names = {"BIT_IN_VOTE", "VOTE_EMPTIED", "BIT_IN_TABLE", "LOG_GONE", "DISK_WIPED"})
    void nothingIsLost(Damage damage) {
        String name = "damage-" + damage.name().toLowerCase(Locale.ROOT).replace('_', '-');
        try (FaultCluster cluster = FaultCluster.start(name)) {
            String uid = cluster.create(COLLECTION);
            try (FaultRun run = FaultRun.start(new FaultRun.Setting(name, cluster, COLLECTION), random.split())) {
                Fault fault = new DamagedReplica(damage, uid, cluster, run, new Random(random.nextLong()));
                run.during(fault, LASTS, FaultRun.Service.ANY).settleAndJudge();
            }
        }
    }
}
