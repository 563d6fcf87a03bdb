package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.AdminServiceGrpc;
import io.vectordb.v1.AsOf;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.DeleteByFilterRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.DeleteRequest;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListKeysRequest;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.MultiVector;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Patch;
import io.vectordb.v1.Query;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Schema;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SortKey;
import io.vectordb.v1.TextMatch;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.Vector;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Whole calls that are refused: changes, collections, and what is declared and not built. */
@ExtendWith(SharedServer.class)
class CallParityIT {

    private static final String COLLECTION = "call_parity";
    private static final String BASE = "/v1/collections/" + COLLECTION;
    private static final int TOO_LARGE = (32 << 20) + 1;

    @BeforeAll
    static void create(Rest rest) {
        Samples.create(rest, COLLECTION);
    }

    private static Function<GrpcClient, Object> upsert(UpsertRequest.Builder request) {
        return grpc -> grpc.records().upsert(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> write(WriteRequest.Builder request) {
        return grpc -> grpc.records().write(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> search(SearchRequest.Builder request) {
        return grpc -> grpc.search().search(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> create(CreateCollectionRequest.Builder request) {
        return grpc -> grpc.collections().createCollection(request.build());
    }

    private static Schema.Builder schema(Field.Builder field) {
        return Schema.newBuilder()
                .addPrimaryKey("id")
                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                .addFields(field);
    }

    private static String schema(String field) {
        return "{\"name\": \"refused\", \"schema\": {\"primary_key\": [\"id\"], \"fields\": ["
                + "{\"name\": \"id\", \"type\": \"keyword\"}, " + field + "]}}";
    }

    private static Fields record(int number) {
        return Fields.newBuilder()
                .putValues("id", Values.of("r" + number))
                .putValues("form", Values.of("8-K"))
                .build();
    }

    static Stream<Parity> changes() {
        String thousandAndOne = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> "{\"id\": \"r" + i + "\", \"form\": \"8-K\"}")
                .collect(Collectors.joining(", "));
        UpsertRequest.Builder tooMany = UpsertRequest.newBuilder();
        IntStream.rangeClosed(0, 1_000).forEach(i -> tooMany.addRecords(record(i)));
        UnknownFieldSet newer = UnknownFieldSet.newBuilder()
                .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        return Stream.of(
                Parity.of(
                        "more items than a batch may have",
                        BASE + "/upsert",
                        "{\"records\": [" + thousandAndOne + "]}",
                        upsert(tooMany),
                        Code.LIMIT_EXCEEDED,
                        "1000",
                        "1001"),
                Parity.of(
                        "a request id that is too long",
                        BASE + "/upsert",
                        "{\"request_id\": \"" + "i".repeat(65) + "\"}",
                        upsert(UpsertRequest.newBuilder().setRequestId("i".repeat(65))),
                        Code.LIMIT_EXCEEDED,
                        "64",
                        "65"),
                Parity.of(
                        "a negative condition",
                        BASE + "/write",
                        "{\"ops\": [{\"delete\": \"a\", \"if_seq\": -1}]}",
                        write(WriteRequest.newBuilder()
                                .addOps(WriteOp.newBuilder()
                                        .setDelete(Values.key("a"))
                                        .setIfSeq(-1))),
                        Code.INVALID_VALUE,
                        "-1"),
                Parity.of(
                        "nothing to write",
                        BASE + "/write",
                        "{\"ops\": []}",
                        write(WriteRequest.newBuilder()),
                        Code.MISSING_MEMBER,
                        "at least one item"),
                Parity.of(
                        "a token of nobody",
                        BASE + "/write",
                        "{\"ops\": [{\"delete\": \"a\"}], \"tokens\": [\"bm8\"]}",
                        write(WriteRequest.newBuilder()
                                .addOps(WriteOp.newBuilder().setDelete(Values.key("a")))
                                .addTokens("bm8")),
                        Code.INVALID_TOKEN),
                Parity.of(
                        "a collection that there is not",
                        "/v1/collections/nowhere/upsert",
                        "{\"records\": [{\"id\": \"a\"}]}",
                        grpc -> grpc.records()
                                .upsert(UpsertRequest.newBuilder()
                                        .setCollection("nowhere")
                                        .addRecords(record(1))
                                        .build()),
                        Code.COLLECTION_NOT_FOUND,
                        "nowhere"),
                new Parity(
                        "a member that this server does not know",
                        BASE + "/search",
                        "{\"limt\": 3}",
                        search(SearchRequest.newBuilder().setUnknownFields(newer)),
                        Code.UNKNOWN_MEMBER,
                        List.of("limt"),
                        false));
    }

    static Stream<Parity> collections() {
        return Stream.of(
                Parity.of(
                        "a name that is taken",
                        "/v1/collections",
                        "{\"name\": \"" + COLLECTION + "\", \"schema\": " + Samples.schema() + "}",
                        create(CreateCollectionRequest.newBuilder()
                                .setName(COLLECTION)
                                .setSchema(
                                        schema(Field.newBuilder().setName("a").setType("int64")))),
                        Code.COLLECTION_EXISTS,
                        COLLECTION),
                Parity.of(
                        "a name that cannot be one",
                        "/v1/collections",
                        "{\"name\": \"Not-A-Name\", \"schema\": " + Samples.schema() + "}",
                        create(CreateCollectionRequest.newBuilder()
                                .setName("Not-A-Name")
                                .setSchema(
                                        schema(Field.newBuilder().setName("a").setType("int64")))),
                        Code.INVALID_VALUE,
                        "Not-A-Name"),
                Parity.of(
                        "a type that there is not",
                        "/v1/collections",
                        schema("{\"name\": \"a\", \"type\": \"keywrd\"}"),
                        create(CreateCollectionRequest.newBuilder()
                                .setName("refused")
                                .setSchema(
                                        schema(Field.newBuilder().setName("a").setType("keywrd")))),
                        Code.INVALID_SCHEMA,
                        "keywrd"),
                Parity.of(
                        "a vector with too many dimensions",
                        "/v1/collections",
                        schema("{\"name\": \"a\", \"type\": \"vector(4097)\"}"),
                        create(CreateCollectionRequest.newBuilder()
                                .setName("refused")
                                .setSchema(
                                        schema(Field.newBuilder().setName("a").setType("vector(4097)")))),
                        Code.INVALID_SCHEMA,
                        "4097",
                        "4096"),
                Parity.of(
                        "no name",
                        "/v1/collections",
                        "{\"schema\": " + Samples.schema() + "}",
                        create(CreateCollectionRequest.newBuilder()
                                .setSchema(
                                        schema(Field.newBuilder().setName("a").setType("int64")))),
                        Code.MISSING_MEMBER,
                        "name"));
    }

    static Stream<Parity> later() {
        return Stream.of(
                later(
                        "explain",
                        BASE + "/search",
                        "{\"explain\": \"plan\"}",
                        search(SearchRequest.newBuilder().setExplain(SearchRequest.Explain.PLAN))),
                later(
                        "sort",
                        BASE + "/search",
                        "{\"sort\": [{\"field\": \"year\"}]}",
                        search(SearchRequest.newBuilder()
                                .addSort(SortKey.newBuilder().setField("year")))),
                later(
                        "query.match",
                        BASE + "/search",
                        "{\"query\": {\"match\": {\"text\": \"x\"}}}",
                        search(SearchRequest.newBuilder()
                                .setQuery(Query.newBuilder()
                                        .setMatch(TextMatch.newBuilder().setText("x"))))),
                later(
                        "query.nearest.min_recall",
                        BASE + "/search",
                        "{\"query\": {\"nearest\": {\"vector\": [1, 0, 0, 0], \"min_recall\": 0.9}}}",
                        search(SearchRequest.newBuilder()
                                .setQuery(Query.newBuilder()
                                        .setNearest(Nearest.newBuilder()
                                                .setVector(Values.vector(1, 0, 0, 0))
                                                .setMinRecall(0.9))))),
                later(
                        "query.nearest.key",
                        BASE + "/search",
                        "{\"query\": {\"nearest\": {\"key\": \"a\"}}}",
                        search(SearchRequest.newBuilder()
                                .setQuery(Query.newBuilder()
                                        .setNearest(Nearest.newBuilder().setKey(Values.key("a")))))),
                later(
                        "query.nearest.vector.multi",
                        BASE + "/search",
                        "{\"query\": {\"nearest\": {\"vector\": [[1, 0, 0, 0]]}}}",
                        search(SearchRequest.newBuilder()
                                .setQuery(Query.newBuilder()
                                        .setNearest(Nearest.newBuilder()
                                                .setVector(Vector.newBuilder()
                                                        .setMulti(MultiVector.newBuilder()
                                                                .setDim(4)
                                                                .addValues(1)
                                                                .addValues(0)
                                                                .addValues(0)
                                                                .addValues(0))))))),
                later(
                        "as_of",
                        BASE + "/count",
                        "{\"as_of\": {\"known_on\": \"2024-01-01\"}}",
                        grpc -> grpc.search()
                                .count(CountRequest.newBuilder()
                                        .setCollection(COLLECTION)
                                        .setAsOf(AsOf.newBuilder().setKnownOn("2024-01-01"))
                                        .build())),
                later(
                        "ops.0.if_filter",
                        BASE + "/write",
                        "{\"ops\": [{\"delete\": \"a\", \"if_filter\": \"TRUE\"}]}",
                        write(WriteRequest.newBuilder()
                                .addOps(WriteOp.newBuilder()
                                        .setDelete(Values.key("a"))
                                        .setIfFilter("TRUE")))),
                later(
                        "ops.0.update.increment",
                        BASE + "/write",
                        "{\"ops\": [{\"update\": {\"key\": \"a\", \"increment\": {\"year\": 1}}}]}",
                        write(WriteRequest.newBuilder()
                                .addOps(WriteOp.newBuilder()
                                        .setUpdate(Patch.newBuilder()
                                                .setKey(Values.key("a"))
                                                .setIncrement(
                                                        Fields.newBuilder().putValues("year", Values.of(1))))))),
                later(
                        "keys.0",
                        BASE + "/delete",
                        "{\"keys\": [[\"a\", 1]]}",
                        grpc -> grpc.records()
                                .delete(DeleteRequest.newBuilder()
                                        .setCollection(COLLECTION)
                                        .addKeys(RecordKey.newBuilder()
                                                .setComposite(ListValue.newBuilder()
                                                        .addItems(Values.of("a"))
                                                        .addItems(Values.of(1))))
                                        .build())),
                later(
                        "schema.kind",
                        "/v1/collections",
                        "{\"name\": \"refused\", \"schema\": {\"kind\": \"relational\"}}",
                        create(CreateCollectionRequest.newBuilder()
                                .setName("refused")
                                .setSchema(Schema.newBuilder().setKind(Schema.Kind.RELATIONAL)))),
                later(
                        "DeleteByFilter",
                        BASE + "/delete-by-filter",
                        "{\"filter\": \"TRUE\"}",
                        grpc -> grpc.records()
                                .deleteByFilter(DeleteByFilterRequest.newBuilder()
                                        .setCollection(COLLECTION)
                                        .setFilter("TRUE")
                                        .build())));
    }

    private static Parity later(String member, String path, String json, Function<GrpcClient, ?> call) {
        return Parity.of(member, path, json, call, Code.FEATURE_NOT_AVAILABLE, member, "not available yet");
    }

    @ParameterizedTest
    @MethodSource({"changes", "collections", "later"})
    void isRefusedAlike(Parity parity, Rest rest, GrpcClient grpc) {
        parity.check(rest, grpc);
    }

    @Test
    void requestsOfMoreThan32MegabytesAreRefused(Rest rest, GrpcClient grpc) {
        String title = "x".repeat(TOO_LARGE);
        Parity.assertProblem(
                rest.post(BASE + "/upsert", "{\"records\": [{\"id\": \"a\", \"title\": \"" + title + "\"}]}"),
                Code.REQUEST_TOO_LARGE);
        UpsertRequest request = UpsertRequest.newBuilder()
                .setCollection(COLLECTION)
                .addRecords(Fields.newBuilder().putValues("id", Values.of("a")).putValues("title", Values.of(title)))
                .build();
        GrpcClient.Failure failure = Parity.failure(() -> grpc.records().upsert(request));
        assertThat(failure.code()).isEqualTo(Code.REQUEST_TOO_LARGE.name());
        assertThat(failure.status()).isEqualTo(Code.REQUEST_TOO_LARGE.grpc());
    }

    @Test
    void methodsThatAreNotBuiltSayTheirName(Rest rest, GrpcClient grpc) {
        JsonNode problem = Parity.assertProblem(rest.get("/v1/keys"), Code.FEATURE_NOT_AVAILABLE);
        GrpcClient.Failure failure = Parity.failure(
                () -> AdminServiceGrpc.newBlockingStub(grpc.channel()).listKeys(ListKeysRequest.getDefaultInstance()));
        assertThat(failure.code()).isEqualTo(Code.FEATURE_NOT_AVAILABLE.name());
        assertThat(failure.status()).isEqualTo(Code.FEATURE_NOT_AVAILABLE.grpc());
        assertThat(failure.message())
                .contains("ListKeys")
                .isEqualTo(problem.path("detail").asString());
    }

    @Test
    void deletingACollectionThatThereIsNot(Rest rest, GrpcClient grpc) {
        JsonNode problem = Parity.assertProblem(rest.delete("/v1/collections/nowhere"), Code.COLLECTION_NOT_FOUND);
        GrpcClient.Failure failure = Parity.failure(() -> grpc.collections()
                .deleteCollection(DeleteCollectionRequest.newBuilder()
                        .setCollection("nowhere")
                        .build()));
        assertThat(failure.code()).isEqualTo(Code.COLLECTION_NOT_FOUND.name());
        assertThat(failure.message()).isEqualTo(problem.path("detail").asString());
    }

    /** An id is the request's whichever way it came in: a retry may change from REST to gRPC and is still one. */
    @Test
    void aRequestIdIsRememberedWithItsContent(Rest rest, GrpcClient grpc) {
        String body = "{\"records\": [{\"id\": \"once\", \"form\": \"8-K\"}], \"request_id\": \"parity-1\"}";
        Rest.Answer first = rest.post(BASE + "/upsert", body);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("results").path(0).path("outcome").asString())
                .isEqualTo("created");
        long seq = first.json().path("results").path(0).path("seq").asLong();
        UpsertRequest same = UpsertRequest.newBuilder()
                .setCollection(COLLECTION)
                .addRecords(
                        Fields.newBuilder().putValues("id", Values.of("once")).putValues("form", Values.of("8-K")))
                .setRequestId("parity-1")
                .build();
        var replayed = grpc.records().upsert(same).getResults(0);
        assertThat(replayed.getReplayed()).isTrue();
        assertThat(replayed.getOutcome().name()).isEqualTo("CREATED");
        assertThat(replayed.getSeq()).isEqualTo(seq);
        Rest.Answer other = rest.post(BASE + "/upsert", body.replace("8-K", "10-Q"));
        assertThat(other.status()).as("%s", other).isEqualTo(207);
        assertThat(other.json().at("/results/0/error/code").asString()).isEqualTo(Code.REQUEST_ID_REUSED.name());
        var reused =
                grpc.records().upsert(same.toBuilder().setRecords(0, record(1)).build());
        assertThat(reused.getResults(0).getError().getCode()).isEqualTo(Code.REQUEST_ID_REUSED.name());
        Parity.assertProblem(
                rest.put(BASE + "/records/once?request_id=parity-1", "{\"form\": \"10-Q\"}"), Code.REQUEST_ID_REUSED);
    }

    @Test
    void oneBadItemRefusesAnAtomicBatchWhole(Rest rest, GrpcClient grpc) {
        Rest.Answer answer = rest.post(
                BASE + "/upsert",
                "{\"mode\": \"atomic\", \"records\": [{\"id\": \"whole\", \"form\": \"8-K\"}, {\"id\": \"b\", \"year\": 1}]}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(207);
        assertThat(answer.json().path("failed").asInt()).isEqualTo(2);
        var response = grpc.records()
                .upsert(UpsertRequest.newBuilder()
                        .setCollection(COLLECTION)
                        .setMode(BatchMode.BATCH_MODE_ATOMIC)
                        .addRecords(Fields.newBuilder()
                                .putValues("id", Values.of("whole"))
                                .putValues("form", Values.of("8-K")))
                        .addRecords(Fields.newBuilder().putValues("id", Values.of("b")))
                        .build());
        assertThat(response.getFailed()).isEqualTo(2);
        Parity.assertProblem(rest.get(BASE + "/records/whole"), Code.RECORD_NOT_FOUND);
    }
}
