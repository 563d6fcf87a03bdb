package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * Two of three storage nodes are lost for good, and the third goes on by force with all that was acknowledged, since it had
 * that; the lost ones come back after all, and change nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class UnsafeRecoverScenario {

    private static final String COLLECTION = "ledger";
    private static final String SHARD = "/v1/shards/" + COLLECTION + "-0";
    private static final String UNDECIDED = "undecided";
    private static final int WRITERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SplittableRandom random = Seeds.splittable(UnsafeRecoverScenario.class);
    private ClusterProcesses cluster;
    private GrpcClient client;
    private Rest rest;
    private Workload workload;

    @BeforeAll
    void start() {
        cluster = ClusterProcesses.start("unsafe-recover");
        client = new GrpcClient(cluster.grpcPort());
        rest = new Rest(cluster.rest());
        workload = new Workload(client, rest, COLLECTION, WRITERS, random);
        Workload.create(client, COLLECTION, 3);
    }

    @AfterAll
    void stop() {
        workload.close();
        client.close();
        cluster.close();
    }

    @Test
    void aShardThatLostItsMajorityGoesOnWithWhatOneReplicaHas() {
        workload.run();
        workload.awaitWrites(100, PATIENCE);
        workload.settle();
        ServerProcess survivor = cluster.followers().getFirst();
        await(
                "the survivor has everything",
                () -> replicas().stream()
                        .anyMatch(each -> is(each, "node", survivor.node())
                                && each.path("lag").asInt(-1) == 0));
        List<ServerProcess> lost =
                cluster.storage().filter(each -> each != survivor).toList();
        assertThat(recover("").status()).as("with a majority").isEqualTo(409);
        lost.forEach(ServerProcess::kill);
        Rest.Answer refused = upsert("1s");
        assertThat(refused.status()).as("%s", refused).isIn(503, 504);
        String id = rest.get("/v1/info").json().path("cluster_id").asString();
        await("nobody leads", () -> recover("\"dry_run\": true").status() == 200);
        assertThat(recover("\"confirm_cluster_id\": \"another\"").status()).isEqualTo(400);
        Rest.Answer recovered = recover("\"timeout\": \"50s\", \"confirm_cluster_id\": \"" + id + "\"");
        assertThat(recovered.status()).as("%s", recovered).isEqualTo(200);
        assertThat(recovered.json().path("node").asString()).isEqualTo(survivor.node());
        finishTheRefusedWrite();
        await(
                "the index has read the shard again",
                () -> rest.post("/v1/collections/" + COLLECTION + "/count", "{}")
                                .status()
                        == 200);
        workload.settleAndVerify();
        workload.run();
        workload.awaitWrites(50, PATIENCE);
        lost.forEach(ServerProcess::start);
        lost.forEach(ServerProcess::awaitReady);
        for (ServerProcess node : lost) {
            await(
                    node.node() + " has set its replica aside",
                    () -> replicas().stream()
                            .anyMatch(each -> is(each, "node", node.node()) && is(each, "role", "retired")));
        }
        workload.awaitWrites(50, PATIENCE);
        workload.settleAndVerify();
        assertThat(lost)
                .allSatisfy(node ->
                        assertThat(node.gauge("vectordb_storage_leaders")).isZero());
        JsonNode entries = rest.get("/v1/audit-entries").json().path("entries");
        assertThat(StreamSupport.stream(entries.spliterator(), false)
                        .filter(each -> is(each, "action", "unsafe_recover"))
                        .map(each -> each.path("outcome").asString()))
                .last()
                .isEqualTo("succeeded");
    }

    private static void await(String what, Callable<Boolean> isSo) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(isSo);
    }

    private static boolean is(JsonNode node, String member, String value) {
        return node.path(member).asString("").equals(value);
    }

    private List<JsonNode> replicas() {
        JsonNode shards = rest.get("/v1/shards?collection=" + COLLECTION).json().path("shards");
        return StreamSupport.stream(shards.path(0).path("replicas").spliterator(), false)
                .toList();
    }

    private Rest.Answer recover(String members) {
        return rest.post(SHARD + "/unsafe-recover", "{" + members + "}");
    }

    /** The last replica may have taken it in, not knowing yet that the others are gone; the same again tells it. */
    private void finishTheRefusedWrite() {
        assertThat(upsert("30s").status()).isEqualTo(200);
        assertThat(rest.delete("/v1/collections/" + COLLECTION + "/records/" + UNDECIDED)
                        .status())
                .isEqualTo(200);
    }

    private Rest.Answer upsert(String timeout) {
        String record = "{\"id\": \"" + UNDECIDED + "\", \"number\": 1, \"vector\": [1, 0, 0, 0, 0, 0, 0, 0]}";
        return rest.post(
                "/v1/collections/" + COLLECTION + "/upsert",
                "{\"records\": [" + record + "], \"request_id\": \"undecided\", \"timeout\": \"" + timeout + "\"}");
    }
}
