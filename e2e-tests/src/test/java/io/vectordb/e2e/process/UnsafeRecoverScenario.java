package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * Two of three storage nodes are lost for good, and the third goes on by force with all that was acknowledged, since it had
 * that; the lost ones come back after all, and change nothing.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class UnsafeRecoverScenario extends LedgerScenario {

    private static final String SHARD = "/v1/shards/" + COLLECTION + "-0";

    UnsafeRecoverScenario() {
        super("unsafe-recover");
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
        Rest.Answer refused = upsertUndecided("1s");
        assertThat(refused.status()).as("%s", refused).isIn(503, 504);
        String id = rest.get("/v1/info").json().path("cluster_id").asString();
        await("nobody leads", () -> recover("\"dry_run\": true").status() == 200);
        assertThat(recover("\"confirm_cluster_id\": \"another\"").status()).isEqualTo(400);
        Rest.Answer recovered = recover("\"timeout\": \"50s\", \"confirm_cluster_id\": \"" + id + "\"");
        assertThat(recovered.status()).as("%s", recovered).isEqualTo(200);
        assertThat(recovered.json().path("node").asString()).isEqualTo(survivor.node());
        // The last replica may have taken it in, not knowing yet that the others are gone.
        finishUndecided("30s");
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
}
