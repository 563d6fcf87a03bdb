package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResult;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Loads of any length with lines that are wrong. */
@ExtendWith(SharedServer.class)
class BulkIT {

    private static final String COLLECTION = "bulk";
    private static final String PATH = "/v1/collections/" + COLLECTION + "/bulk-write";

    @BeforeAll
    static void create(Rest rest) {
        Samples.create(rest, COLLECTION);
    }

    private static Rest.Answer send(Rest rest, String query, String lines) {
        return rest.send(rest.request(PATH + query)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
    }

    @Test
    void badLinesAreToldWithTheirNumbersAndTheOthersAreWritten(Rest rest) {
        String tooLong = "{\"id\": \"long\", \"form\": \"8-K\", \"title\": \"" + "x".repeat(1 << 20) + "\"}";
        Rest.Answer answer = send(
                rest,
                "",
                String.join(
                        "\n",
                        "{\"id\": \"b1\", \"form\": \"10-K\", \"v\": [1, 0, 0, 0]}",
                        "{\"id\": \"b2\", \"form\": ",
                        "",
                        "{\"id\": \"b4\", \"form\": \"10-K\", \"v\": [1, 0]}",
                        tooLong,
                        "{\"id\": \"b6\", \"year\": 2024}",
                        "{\"id\": \"b7\", \"form\": \"10-Q\"}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
        List<JsonNode> lines = answer.lines();
        JsonNode summary = lines.getLast().path("summary");
        Map<Integer, String> outcomes = lines.subList(0, lines.size() - 1).stream()
                .collect(Collectors.toMap(
                        line -> line.path("line").asInt(),
                        line -> line.path("outcome").asString()
                                + line.path("error").path("code").asString()));
        assertThat(outcomes)
                .isEqualTo(Map.of(
                        1, "created",
                        2, "refusedMALFORMED_JSON",
                        4, "refusedDIMENSION_MISMATCH",
                        5, "refusedRECORD_TOO_LARGE",
                        6, "refusedCONSTRAINT_VIOLATION",
                        7, "created"));
        assertThat(lines.subList(0, lines.size() - 1).stream()
                        .map(line -> line.path("line").asInt()))
                .isSorted();
        assertThat(summary.path("lines").asInt()).as("%s", summary).isEqualTo(6);
        assertThat(summary.path("succeeded").asInt()).isEqualTo(2);
        assertThat(summary.path("failed").asInt()).isEqualTo(4);
        assertThat(summary.path("failed_by_code").path("MALFORMED_JSON").asInt())
                .isEqualTo(1);
        assertThat(summary.path("token").asString()).isNotEmpty();
        assertThat(rest.get("/v1/collections/" + COLLECTION + "/records/b7").status())
                .isEqualTo(200);
    }

    @Test
    void theSameLoadAgainWithItsIdChangesNothing(Rest rest) {
        String lines = IntStream.range(0, 2_500)
                .mapToObj(i -> "{\"upsert\": {\"id\": \"m" + i + "\", \"form\": \"8-K\"}, \"if_seq\": 0, \"tag\": \"t"
                        + i + "\"}")
                .collect(Collectors.joining("\n"));
        List<JsonNode> first =
                send(rest, "?format=ops&request_id=load-1", lines).lines();
        assertThat(first).hasSize(2_501);
        assertThat(first.getLast().path("summary").path("succeeded").asInt()).isEqualTo(2_500);
        List<JsonNode> again =
                send(rest, "?format=ops&request_id=load-1", lines).lines();
        assertThat(again.getLast().path("summary").path("succeeded").asInt()).isEqualTo(2_500);
        for (int i = 0; i < 2_500; i++) {
            assertThat(again.get(i).path("replayed").asBoolean()).isTrue();
            assertThat(again.get(i).path("tag").asString()).isEqualTo("t" + i);
            assertThat(again.get(i).path("seq").asLong())
                    .isEqualTo(first.get(i).path("seq").asLong());
        }
        List<JsonNode> other = send(rest, "?format=ops&report=failed", lines).lines();
        assertThat(other.getLast()
                        .path("summary")
                        .path("failed_by_code")
                        .path("SEQ_MISMATCH")
                        .asInt())
                .isEqualTo(2_500);
    }

    @Test
    void tooManyBadLinesStopTheLoad(Rest rest) {
        String lines = "{\"id\": 1}\n".repeat(50);
        List<JsonNode> answer = send(rest, "?max_failed=3&report=none", lines).lines();
        assertThat(answer).hasSize(1);
        JsonNode summary = answer.getLast().path("summary");
        assertThat(summary.path("stopped").asBoolean()).isTrue();
        assertThat(summary.path("failed").asInt()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void whatIsWrongBeforeTheFirstLineIsAProblem(Rest rest) {
        Rest.Answer answer = rest.send(rest.request("/v1/collections/nowhere/bulk-write")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{\"id\": \"a\"}\n")));
        Parity.assertProblem(answer, Code.COLLECTION_NOT_FOUND);
        Parity.assertProblem(send(rest, "?format=csv", "{}"), Code.INVALID_VALUE);
    }

    @Test
    void aStreamOfGrpcIsAnsweredInOrderAndSummedUp(GrpcClient grpc) throws Exception {
        CompletableFuture<List<BulkResponse>> done = new CompletableFuture<>();
        List<BulkResponse> parts = new ArrayList<>();
        StreamObserver<BulkRequest> requests = RecordServiceGrpc.newStub(grpc.channel())
                .bulkWrite(new StreamObserver<>() {
                    @Override
                    public void onNext(BulkResponse part) {
                        parts.add(part);
                    }

                    @Override
                    public void onError(Throwable thrown) {
                        done.completeExceptionally(thrown);
                    }

                    @Override
                    public void onCompleted() {
                        done.complete(parts);
                    }
                });
        requests.onNext(BulkRequest.newBuilder()
                .setStart(BulkStart.newBuilder().setCollection(COLLECTION))
                .build());
        for (int chunk = 0; chunk < 3; chunk++) {
            requests.onNext(
                    BulkRequest.newBuilder().setChunk(chunk(1 + 10L * chunk)).build());
        }
        requests.onCompleted();
        List<BulkResponse> answer = done.get(60, TimeUnit.SECONDS);
        List<WriteResult> results = answer.stream()
                .flatMap(part -> part.getResults().getResultsList().stream())
                .toList();
        assertThat(results).hasSize(30);
        assertThat(IntStream.range(0, 30).filter(i -> results.get(i).getOutcome() == WriteResult.Outcome.REFUSED))
                .containsExactly(5, 15, 25);
        assertThat(answer.getLast().getSummary().getSucceeded()).isEqualTo(27);
        assertThat(answer.getLast().getSummary().getFailedByCodeMap()).isEqualTo(Map.of("CONSTRAINT_VIOLATION", 3L));
    }

    /** Ten lines, the sixth without what the schema requires. */
    private static BulkChunk chunk(long firstLine) {
        BulkChunk.Builder chunk = BulkChunk.newBuilder().setFirstLine(firstLine);
        for (int i = 0; i < 10; i++) {
            Fields.Builder record = Fields.newBuilder().putValues("id", Values.of("g" + (firstLine + i)));
            if (i != 5) {
                record.putValues("form", Values.of("8-K"));
            }
            chunk.addOps(WriteOp.newBuilder().setUpsert(record));
        }
        return chunk.build();
    }
}
