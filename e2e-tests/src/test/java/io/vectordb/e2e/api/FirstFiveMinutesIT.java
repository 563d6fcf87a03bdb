package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What somebody does who has just started the server, word for word as the documents say it. */
@ExtendWith(SharedServer.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstFiveMinutesIT {

    private static final String NOTES = "/v1/collections/notes";
    private static final String N1 = "Chip supply was constrained in the first half.";
    private static final String N2 = "Revenue grew on services.";
    private static final String N3 = "A court dismissed the claim.";

    @Test
    @Order(1)
    void aCollectionIsMadeAndItsDefaultsAreFilledIn(Rest rest) {
        Rest.Answer answer = rest.post(
                "/v1/collections",
                "{\"name\":\"notes\",\"schema\":{\"kind\":\"document\",\"primary_key\":[\"id\"],\"fields\":["
                        + "{\"name\":\"id\",\"type\":\"keyword\"},"
                        + "{\"name\":\"text\",\"type\":\"text\",\"text\":{\"embed\":"
                        + "{\"into\":\"text_vec\",\"model\":\"all-minilm-l6-v2\"}}}]}}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo(NOTES);
        JsonNode made = answer.json();
        assertThat(made.path("name").asString()).isEqualTo("notes");
        assertThat(made.path("state").asString()).isEqualTo("ready");
        assertThat(made.path("settings").toString())
                .isEqualTo("{\"buckets\":64,\"shards\":1,\"replicas\":1,\"default_consistency\":\"strong\","
                        + "\"index_replicas\":2}");
        JsonNode vector = made.at("/schema/fields/2");
        assertThat(vector.path("name").asString()).isEqualTo("text_vec");
        assertThat(vector.path("type").asString()).isEqualTo("vector(384)");
        assertThat(vector.at("/vector/metric").asString()).isEqualTo("cosine");
        assertThat(rest.get(NOTES).json()).isEqualTo(made);
    }

    @Test
    @Order(2)
    void aRecordIsPutUnderItsKey(Rest rest) {
        Rest.Answer answer = rest.put(NOTES + "/records/n1", "{\"text\":\"" + N1 + "\",\"year\":2024}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(answer.json().path("key").asString()).isEqualTo("n1");
        assertThat(answer.json().path("outcome").asString()).isEqualTo("created");
        JsonNode read = rest.get(NOTES + "/records/n1").json();
        assertThat(read.path("fields").toString()).isEqualTo("{\"id\":\"n1\",\"text\":\"" + N1 + "\",\"year\":2024}");
        assertThat(read.path("seq").asLong())
                .isEqualTo(answer.json().path("seq").asLong());
    }

    @Test
    @Order(3)
    void linesAreLoaded(Rest rest) {
        Rest.Answer answer = rest.send(rest.request(NOTES + "/bulk-write")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{\"id\":\"n2\",\"text\":\"" + N2 + "\",\"year\":2024}\n"
                        + "{\"id\":\"n3\",\"text\":\"" + N3 + "\",\"year\":2023}\n")));
        assertThat(answer.status()).isEqualTo(200);
        List<JsonNode> lines = answer.lines();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).path("line").asInt()).isEqualTo(1);
        assertThat(lines.get(0).path("key").asString()).isEqualTo("n2");
        assertThat(lines.get(1).path("key").asString()).isEqualTo("n3");
        assertThat(lines.get(1).path("outcome").asString()).isEqualTo("created");
        JsonNode summary = lines.get(2).path("summary");
        assertThat(summary.path("lines").asInt()).isEqualTo(2);
        assertThat(summary.path("succeeded").asInt()).isEqualTo(2);
        assertThat(summary.path("failed").asInt()).isZero();
    }

    @Test
    @Order(4)
    void aMeaningIsFoundAmongWhatTheFilterLetsThrough(Rest rest) {
        Rest.Answer answer = rest.post(
                NOTES + "/search",
                "{\"query\":{\"nearest\":{\"text\":\"shortage of semiconductors\"}},\"filter\":\"year >= $1\","
                        + "\"params\":[2024],\"k\":2,\"select\":[\"text\"]}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        JsonNode hits = answer.json().path("hits");
        assertThat(hits.size()).isEqualTo(2);
        assertThat(hits.at("/0/key").asString()).isEqualTo("n1");
        assertThat(hits.at("/0/fields").toString()).isEqualTo("{\"text\":\"" + N1 + "\"}");
        assertThat(hits.at("/1/key").asString()).isEqualTo("n2");
        assertThat(hits.at("/1/fields").toString()).isEqualTo("{\"text\":\"" + N2 + "\"}");
        double score = hits.at("/0/score").asDouble();
        // What the model says of these two texts, whichever machine runs it.
        assertThat(score)
                .isCloseTo(0.29, within(0.02))
                .isGreaterThan(hits.at("/1/score").asDouble());
        assertThat(hits.at("/0/distance").asDouble()).isCloseTo(1 - score, within(1e-6));
        assertThat(answer.json().path("warnings").size()).isZero();
        assertThat(answer.json().path("coverage").toString())
                .isEqualTo("{\"shards_total\":1,\"shards_answered\":1,\"shards_timed_out\":0,\"failures\":[]}");
    }

    @Test
    @Order(5)
    void whatPassesAFilterIsCounted(Rest rest) {
        Rest.Answer answer =
                rest.post(NOTES + "/count", "{\"filter\":\"year BETWEEN 2023 AND 2024 AND NOT prefix(id, 'n3')\"}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("count").asLong()).isEqualTo(2);
    }

    @Test
    @Order(6)
    void theServerTellsItsServices(GrpcClient grpc) throws Exception {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(grpc.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        names.complete(answer.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName)
                                .toList());
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        names.completeExceptionally(thrown);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(names.get(60, TimeUnit.SECONDS))
                .contains(
                        "grpc.health.v1.Health",
                        "vectordb.v1.AdminService",
                        "vectordb.v1.ClusterService",
                        "vectordb.v1.CollectionService",
                        "vectordb.v1.IngestService",
                        "vectordb.v1.OperationService",
                        "vectordb.v1.RecordService",
                        "vectordb.v1.SearchService",
                        "vectordb.v1.SqlService",
                        "vectordb.v1.SystemService")
                .noneMatch(name -> name.contains("internal"));
        requests.onCompleted();
        // It is asked for anew every few seconds, and may have been asked while the view of a new collection was built.
        Awaitility.await("serving")
                .atMost(Duration.ofSeconds(60))
                .until(() -> HealthGrpc.newBlockingStub(grpc.channel())
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus()
                        == ServingStatus.SERVING);
    }

    @Test
    @Order(7)
    void theSameIsFoundThroughGrpc(GrpcClient grpc) {
        SearchResponse response = grpc.search()
                .search(SearchRequest.newBuilder()
                        .setCollection("notes")
                        .setQuery(Query.newBuilder()
                                .setNearest(
                                        Nearest.newBuilder().setText("lawsuit").setEfSearch(64)))
                        .setK(1)
                        .setConsistency(Consistency.newBuilder().setLevel(Consistency.Level.STRONG))
                        .build());
        assertThat(response.getHitsList()).hasSize(1);
        assertThat(response.getHits(0).getKey()).isEqualTo(Values.key("n3"));
        assertThat(response.getHits(0).getFields().getValuesMap())
                .containsOnlyKeys("id", "text", "year")
                .containsEntry("text", Values.of(N3))
                .containsEntry("year", Values.of(2023));
    }

    @Test
    @Order(8)
    void aDeleteIsSeenByTheNextSearch(Rest rest, GrpcClient grpc) {
        WriteRequest delete = WriteRequest.newBuilder()
                .setCollection("notes")
                .addOps(WriteOp.newBuilder().setDelete(Values.key("n3")))
                .setRequestId("first-delete")
                .build();
        WriteResponse response = grpc.records().write(delete);
        assertThat(response.getSucceeded()).isEqualTo(1);
        assertThat(response.getResults(0).getOutcome()).isEqualTo(WriteResult.Outcome.DELETED);
        assertThat(response.getShards(0).getShard()).isEqualTo("notes-0");
        JsonNode hits = rest.post(NOTES + "/search", "{\"query\":{\"nearest\":{\"text\":\"lawsuit\"}}}")
                .json()
                .path("hits");
        assertThat(hits.size()).isEqualTo(2);
        assertThat(hits.toString()).doesNotContain("n3");
        WriteResult again = grpc.records().write(delete).getResults(0);
        assertThat(again.getOutcome()).isEqualTo(WriteResult.Outcome.DELETED);
        assertThat(again.getReplayed()).isTrue();
    }
}
