package io.vectordb.e2e.process;

import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The embedded server is killed while it is written to, and started again: guarantees 1 to 5 of a single replica. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class StandaloneKillScenario {

    private static final int ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void whatWasAcknowledgedSurvivesAKillAndIsAppliedOnce() {
        SplittableRandom random = Seeds.splittable(StandaloneKillScenario.class);
        try (StandaloneServer server = StandaloneServer.start("standalone-kill");
                GrpcClient client = new GrpcClient(server.grpcPort());
                Workload workload = new Workload(client, new Rest(server.rest()), "ledger", 4, random)) {
            Workload.create(client, "ledger", 1);
            for (int round = 1; round <= ROUNDS; round++) {
                workload.run();
                workload.awaitWrites(random.nextInt(50, 800), PATIENCE);
                server.process().kill();
                server.process().start().awaitReady();
                workload.awaitResumed(PATIENCE);
                workload.settleAndVerify();
            }
        }
    }
}
