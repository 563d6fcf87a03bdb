package io.vectordb.e2e.fault;

import io.vectordb.e2e.fault.FaultRun.Service;
import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a disk does to one replica of three, what was acknowledged is there, and the replica can be replaced. */
@ExtendWith(SharedCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DamageScenario {

    private static final Duration LASTS = Duration.ofSeconds(1);

    private final SplittableRandom random = Seeds.splittable(DamageScenario.class);
    private final FaultCluster cluster;

    DamageScenario(FaultCluster cluster) {
        this.cluster = cluster;
    }

    /** Of one kind, which the seed decides. */
    @Test
    void aDamagedReplicaIsReplaced() {
        SplittableRandom draws = random.split();
        Damage[] kinds = Damage.values();
        damageAFollower(kinds[draws.nextInt(kinds.length)], draws);
    }

    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = "test.long", matches = "true")
    void aReplicaDamagedInAnyWayIsReplaced(Damage damage) {
        damageAFollower(damage, random.split());
    }

    private void damageAFollower(Damage damage, SplittableRandom draws) {
        try (FaultRun run = run("damage", damage, draws)) {
            run.during(new DamagedFollower(damage, cluster), LASTS, Service.GOES_ON)
                    .settleAndJudge();
        }
    }

    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = "test.long", matches = "true")
    void nothingIsLostWhenTheOnlyOtherCopyIsAway(Damage damage) {
        SplittableRandom draws = random.split();
        try (FaultRun run = run("worst", damage, draws)) {
            Fault fault = new DamagedReplica(damage, cluster, run, new Random(draws.nextLong()));
            run.during(fault, LASTS, Service.ANY).settleAndJudge();
        }
    }

    private FaultRun run(String prefix, Damage damage, SplittableRandom draws) {
        String name = prefix + "-" + damage.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return FaultRun.start(new FaultRun.Setting(name, cluster), draws.split());
    }
}
