package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A cluster of processes with one collection of three replicas, and clients that write to it and know what they wrote. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LedgerScenario {

    static final String COLLECTION = "ledger";
    static final String UNDECIDED = "undecided";
    static final int WRITERS = 3;
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final IndexNodes index;
    final SplittableRandom random = Seeds.splittable(getClass());
    ClusterProcesses cluster;
    GrpcClient client;
    Rest rest;
    Workload workload;

    /** @param name of the folder of the cluster */
    LedgerScenario(String name) {
        this(name, IndexNodes.ONE);
    }

    LedgerScenario(String name, IndexNodes index) {
        this.name = name;
        this.index = index;
    }

    @BeforeAll
    void start() {
        cluster = ClusterProcesses.start(name, index);
        client = new GrpcClient(cluster.grpcPort());
        rest = new Rest(cluster.rest());
        workload = new Workload(client, rest, COLLECTION, WRITERS, random);
        assertThat(Workload.create(client, COLLECTION, 3).getSettings().getReplicas())
                .isEqualTo(3);
    }

    @AfterAll
    void stop() {
        workload.close();
        client.close();
        cluster.close();
    }

    /** Writes one record that the workload does not know; always the same, so that it is done once. */
    final Rest.Answer upsertUndecided(String timeout) {
        String record = "{\"id\": \"" + UNDECIDED + "\", \"number\": 1, \"vector\": [1, 0, 0, 0, 0, 0, 0, 0]}";
        return rest.post(
                "/v1/collections/" + COLLECTION + "/upsert",
                "{\"records\": [" + record + "], \"request_id\": \"undecided\", \"timeout\": \"" + timeout + "\"}");
    }

    /** After a write whose outcome was unknown: the same again tells it, whichever it was. Then the record goes. */
    final void finishUndecided(String timeout) {
        assertThat(upsertUndecided(timeout).status()).isEqualTo(200);
        assertThat(rest.delete("/v1/collections/" + COLLECTION + "/records/" + UNDECIDED)
                        .status())
                .isEqualTo(200);
    }
}
