package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.Rest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What the description of the API promises is what the server does. */
@ExtendWith(SharedServer.class)
class OpenApiIT {

    /** What a server refuses that lacks nothing; {@code DisksTest} and {@code UnsafeRecoverScenario} do these. */
    private static final Set<String> AFTER_A_FAULT = Set.of("FormatDisk 200", "UnsafeRecover 200");

    /** {@code MoveReplicaTest} and {@code RebalanceTest} of the coordinator do these. */
    private static final Set<String> WITH_SEVERAL_NODES = Set.of(
            "MoveReplica 202", "PauseOperation 202", "ResumeOperation 202", "DrainNode 202", "DecommissionNode 202");

    private static final String BASE = "/v1/collections/described";

    private static JsonNode paths(Rest rest) {
        Rest.Answer answer = rest.get("/openapi.json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("openapi").asString()).startsWith("3.1");
        return answer.json().path("paths");
    }

    @Test
    void everyDescribedPathIsRouted(Rest rest) {
        Set<String> lost = new TreeSet<>();
        Set<String> wrong = new TreeSet<>();
        paths(rest)
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    String concrete =
                            path.getKey().replace("{code}", "internal").replaceAll("\\{[^}]*}", "none");
                    Rest.Answer answer = rest.send(method, concrete, "application/json", BodyPublishers.ofString("{}"));
                    String code = answer.json().path("code").asString();
                    if (code.equals("ROUTE_NOT_FOUND") || code.equals("METHOD_NOT_ALLOWED")) {
                        lost.add(method + " " + concrete + ": " + answer);
                    }
                    boolean isLater = operation.getValue().has("x-since");
                    if (isLater != code.equals("FEATURE_NOT_AVAILABLE")) {
                        wrong.add(method + " " + concrete + ": " + answer);
                    }
                }));
        assertThat(lost).isEmpty();
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyDescribedSuccessOfWhatIsBuiltCanBeHad(Rest rest) {
        Set<String> described = new TreeSet<>();
        paths(rest)
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!operation.getValue().has("x-since")) {
                        operation.getValue().path("responses").propertyNames().stream()
                                .filter(status -> !status.equals("default"))
                                .forEach(status -> described.add(
                                        operation.getValue().path("operationId").asString() + " " + status));
                    }
                }));
        described.removeAll(AFTER_A_FAULT);
        described.removeAll(WITH_SEVERAL_NODES);
        Map<String, Rest.Answer> seen = calls(rest);
        assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(described);
        seen.forEach((call, answer) -> assertThat(call).as("%s", answer).endsWith(" " + answer.status()));
    }

    /** One call for each described success, in an order in which they succeed. */
    private static Map<String, Rest.Answer> calls(Rest rest) {
        String create = "{\"name\": \"described\", \"schema\": " + Samples.schema() + "}";
        String good = "{\"id\": \"a\", \"form\": \"8-K\"}";
        String bad = "{\"id\": \"b\"}";
        Map<String, Rest.Answer> calls = new LinkedHashMap<>();
        calls.put("GetInfo 200", rest.get("/v1/info"));
        calls.put("GetOpenApi 200", rest.get("/openapi.json"));
        calls.put("GetProblem 200", rest.get("/problems/internal"));
        calls.put("CreateCollection 200", rest.post("/v1/collections", "{\"dry_run\": true, " + create.substring(1)));
        calls.put("CreateCollection 201", rest.post("/v1/collections", create));
        calls.put("ListCollections 200", rest.get("/v1/collections"));
        calls.put("GetCollection 200", rest.get(BASE));
        calls.put(
                "AlterCollection 200",
                patch(rest, BASE, "{\"changes\": [{\"set_settings\": {\"description\": \"of examples\"}}]}"));
        calls.put("PutRecord 201", rest.put(BASE + "/records/p", "{\"form\": \"8-K\"}"));
        calls.put("PutRecord 200", rest.put(BASE + "/records/p", "{\"form\": \"8-K\"}"));
        calls.put("GetRecord 200", rest.get(BASE + "/records/p"));
        calls.put("PatchRecord 200", patch(rest, BASE + "/records/p", "{\"set\": {\"year\": 2024}}"));
        calls.put("DeleteRecord 200", rest.delete(BASE + "/records/p"));
        calls.put("Upsert 200", rest.post(BASE + "/upsert", "{\"records\": [" + good + "]}"));
        calls.put("Upsert 207", rest.post(BASE + "/upsert", "{\"records\": [" + good + ", " + bad + "]}"));
        calls.put("Delete 200", rest.post(BASE + "/delete", "{\"keys\": [\"a\"]}"));
        calls.put("Delete 207", rest.post(BASE + "/delete", "{\"keys\": [\"a\", 7]}"));
        calls.put("Write 200", rest.post(BASE + "/write", "{\"ops\": [{\"upsert\": " + good + "}]}"));
        calls.put("Write 207", rest.post(BASE + "/write", "{\"ops\": [{\"upsert\": " + bad + "}]}"));
        calls.put("Get 200", rest.post(BASE + "/get", "{\"keys\": [\"a\"]}"));
        calls.put(
                "BulkWrite 200",
                rest.send("POST", BASE + "/bulk-write", "application/x-ndjson", BodyPublishers.ofString(good)));
        calls.put("Search 200", rest.post(BASE + "/search", "{}"));
        calls.put("Count 200", rest.post(BASE + "/count", "{}"));
        calls.put("Scroll 200", rest.post(BASE + "/scroll", "{}"));
        shards(rest, calls);
        backups(rest, calls);
        calls.put("DeleteCollection 200", rest.delete(BASE));
        return calls;
    }

    private static Rest.Answer patch(Rest rest, String path, String body) {
        return rest.send("PATCH", path, "application/json", BodyPublishers.ofString(body));
    }

    private static void shards(Rest rest, Map<String, Rest.Answer> calls) {
        calls.put("GetCluster 200", rest.get("/v1/cluster"));
        Rest.Answer nodes = rest.get("/v1/nodes");
        calls.put("ListNodes 200", nodes);
        String node = "/v1/nodes/" + nodes.json().at("/nodes/0/id").asString();
        calls.put("UndrainNode 200", rest.post(node + "/undrain", "{}"));
        calls.put("Rebalance 200", rest.post("/v1/rebalance", "{\"dry_run\": true}"));
        calls.put("GetSettings 200", rest.get("/v1/settings"));
        calls.put("UpdateSettings 200", patch(rest, "/v1/settings", "{\"set\": {\"nodes.dead_after\": \"20m\"}}"));
        Rest.Answer shards = rest.get("/v1/shards?collection=described");
        calls.put("ListShards 200", shards);
        JsonNode first = shards.json().at("/shards/0");
        String shard = "/v1/shards/" + first.path("id").asString();
        String leader = "{\"to_node\": \"" + first.path("leader").asString() + "\"}";
        calls.put("TransferLeader 200", rest.post(shard + "/transfer-leader", leader));
        calls.put("SnapshotShard 200", rest.post(shard + "/snapshot", "{}"));
        calls.put("CompactShard 202", rest.post(shard + "/compact", "{}"));
        calls.put("VerifyShard 202", rest.post(shard + "/verify", "{}"));
        calls.put("ListAuditEntries 200", rest.get("/v1/audit-entries"));
    }

    private static void backups(Rest rest, Map<String, Rest.Answer> calls) {
        Rest.Answer made = rest.post("/v1/backups", "{\"collection\": \"described\"}");
        calls.put("CreateBackup 202", made);
        Rest.Answer ended = ended(rest, made);
        calls.put("GetOperation 200", ended);
        calls.put("CancelOperation 202", rest.post(operation(made) + "/cancel", "{}"));
        calls.put("ListOperations 200", rest.get("/v1/operations"));
        calls.put("ListBackups 200", rest.get("/v1/backups"));
        String backup = "/v1/backups/" + ended.json().at("/result/backup").asString();
        Rest.Answer verified = rest.post(backup + "/verify", "{}");
        calls.put("VerifyBackup 202", verified);
        ended(rest, verified);
        Rest.Answer restored = rest.post(backup + "/restore", "{\"into\": \"described_again\"}");
        calls.put("RestoreBackup 202", restored);
        ended(rest, restored);
        rest.delete("/v1/collections/described_again");
        calls.put("DeleteBackup 200", rest.delete(backup));
    }

    private static String operation(Rest.Answer started) {
        return "/v1/operations/" + started.json().path("id").asString();
    }

    private static Rest.Answer ended(Rest rest, Rest.Answer started) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> rest.get(operation(started) + "?wait=true"),
                        answer -> answer.json().path("state").asString().equals("succeeded"));
    }
}
