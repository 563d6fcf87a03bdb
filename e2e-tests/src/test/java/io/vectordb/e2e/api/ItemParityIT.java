package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Patch;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** A bad item between two good ones: it is refused with the same error through REST and gRPC, the others are applied. */
@ExtendWith(SharedServer.class)
class ItemParityIT {

    private static final String COLLECTION = "item_parity";

    /**
     * An item that is refused.
     *
     * @param json the item as REST says it
     * @param op the same as gRPC says it
     */
    record Item(String name, String json, WriteOp.Builder op, Code expected, List<String> message) {

        static Item of(String name, String json, WriteOp.Builder op, Code expected, String... message) {
            return new Item(name, json, op, expected, List.of(message));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void create(Rest rest) {
        Samples.create(rest, COLLECTION);
        Rest.Answer put = rest.put("/v1/collections/" + COLLECTION + "/records/there", "{\"form\": \"10-K\"}");
        assertThat(put.status()).as("%s", put).isEqualTo(201);
    }

    private static Fields.Builder record(String key) {
        return Fields.newBuilder().putValues("id", Values.of(key)).putValues("form", Values.of("10-K"));
    }

    private static WriteOp.Builder upsert(Fields.Builder record) {
        return WriteOp.newBuilder().setUpsert(record);
    }

    /** Of a record that is good but for one member. */
    private static String json(String member) {
        return "{\"upsert\": {\"id\": \"bad\", \"form\": \"10-K\", " + member + "}}";
    }

    static Stream<Item> vectors() {
        return Stream.of(
                Item.of(
                        "a vector of another dimension",
                        json("\"v\": [1, 2]"),
                        upsert(record("bad").putValues("v", Values.of(1f, 2f))),
                        Code.DIMENSION_MISMATCH,
                        "v",
                        "expected dimension 4",
                        "received 2"),
                Item.of(
                        "a vector of zeros under cosine",
                        json("\"v\": [0, 0, 0, 0]"),
                        upsert(record("bad").putValues("v", Values.of(0f, 0f, 0f, 0f))),
                        Code.ZERO_VECTOR,
                        "v"),
                Item.of(
                        "an infinite component",
                        json("\"v\": [1, 1e60, 0, 0]"),
                        upsert(record("bad").putValues("v", Values.of(1f, Float.POSITIVE_INFINITY, 0f, 0f))),
                        Code.NON_FINITE_VECTOR,
                        "v"),
                Item.of(
                        "a text for a vector",
                        json("\"v\": \"1,2,3,4\""),
                        upsert(record("bad").putValues("v", Values.of("1,2,3,4"))),
                        Code.TYPE_MISMATCH,
                        "v"));
    }

    static Stream<Item> values() {
        String large = "x".repeat(32_767);
        String text = "y".repeat((1 << 20) - 10);
        return Stream.of(
                Item.of(
                        "a text for an integer",
                        json("\"year\": \"next\""),
                        upsert(record("bad").putValues("year", Values.of("next"))),
                        Code.TYPE_MISMATCH,
                        "year",
                        "next"),
                Item.of(
                        "an integer that is too large",
                        json("\"year\": 3000000000"),
                        upsert(record("bad").putValues("year", Values.of(3_000_000_000L))),
                        Code.INVALID_VALUE,
                        "year",
                        "3000000000"),
                Item.of(
                        "a date that is none",
                        json("\"filed\": \"28.9.2024\""),
                        upsert(record("bad").putValues("filed", Values.of("28.9.2024"))),
                        Code.TYPE_MISMATCH,
                        "filed",
                        "28.9.2024"),
                Item.of(
                        "more places than the decimal has",
                        json("\"amount\": \"1.005\""),
                        upsert(record("bad").putValues("amount", Values.of("1.005"))),
                        Code.INVALID_VALUE,
                        "amount",
                        "2 places",
                        "decimal(10,2)",
                        "received 3"),
                Item.of(
                        "a keyword that is too long",
                        json("\"form\": \"" + large + "\"").replace("\"form\": \"10-K\", ", ""),
                        upsert(record("bad").putValues("form", Values.of(large))),
                        Code.TEXT_TOO_LONG,
                        "form",
                        "32766",
                        "32767"),
                Item.of(
                        "a record that is too large",
                        json("\"title\": \"" + text + "\""),
                        upsert(record("bad").putValues("title", Values.of(text))),
                        Code.RECORD_TOO_LARGE,
                        "1048576"),
                Item.of(
                        "a field that the schema does not have",
                        json("\"yaer\": 2024"),
                        upsert(record("bad").putValues("yaer", Values.of(2024))),
                        Code.UNKNOWN_FIELD,
                        "yaer"),
                Item.of(
                        "a required field that is missing",
                        "{\"upsert\": {\"id\": \"bad\"}}",
                        upsert(Fields.newBuilder().putValues("id", Values.of("bad"))),
                        Code.CONSTRAINT_VIOLATION,
                        "form"));
    }

    static Stream<Item> keys() {
        String longKey = "é".repeat(257);
        return Stream.of(
                Item.of(
                        "a key that is too long",
                        "{\"upsert\": {\"id\": \"" + longKey + "\", \"form\": \"8-K\"}}",
                        upsert(record(longKey)),
                        Code.KEY_TOO_LONG,
                        "514",
                        "512"),
                Item.of(
                        "no key",
                        "{\"upsert\": {\"form\": \"8-K\"}}",
                        upsert(Fields.newBuilder().putValues("form", Values.of("8-K"))),
                        Code.MISSING_MEMBER,
                        "id"),
                Item.of(
                        "a key of another type",
                        "{\"upsert\": {\"id\": 7, \"form\": \"8-K\"}}",
                        upsert(record("7").putValues("id", Values.of(7))),
                        Code.TYPE_MISMATCH,
                        "id",
                        "7"),
                Item.of(
                        "a delete by a key of another type",
                        "{\"delete\": 7}",
                        WriteOp.newBuilder().setDelete(RecordKey.newBuilder().setIntKey(7)),
                        Code.TYPE_MISMATCH,
                        "7"),
                Item.of(
                        "a record that should not exist",
                        "{\"upsert\": {\"id\": \"there\", \"form\": \"8-K\"}, \"if_seq\": 0}",
                        upsert(record("there")).setIfSeq(0),
                        Code.SEQ_MISMATCH,
                        "there",
                        "0"),
                Item.of(
                        "a record that should be at another version",
                        "{\"delete\": \"there\", \"if_seq\": 812}",
                        WriteOp.newBuilder().setDelete(Values.key("there")).setIfSeq(812),
                        Code.SEQ_MISMATCH,
                        "there",
                        "812"),
                Item.of(
                        "a change of a record that there is not",
                        "{\"update\": {\"key\": \"gone\", \"set\": {\"year\": 1}}}",
                        WriteOp.newBuilder()
                                .setUpdate(Patch.newBuilder()
                                        .setKey(Values.key("gone"))
                                        .setSet(Fields.newBuilder().putValues("year", Values.of(1)))),
                        Code.RECORD_NOT_FOUND,
                        "gone"),
                Item.of("no operation", "{\"tag\": \"x\"}", WriteOp.newBuilder().setTag("x"), Code.MISSING_MEMBER));
    }

    @ParameterizedTest
    @MethodSource({"vectors", "values", "keys"})
    void isRefusedAlikeBetweenGoodOnes(Item item, Rest rest, GrpcClient grpc) {
        String path = "/v1/collections/" + COLLECTION + "/write";
        Rest.Answer answer = rest.post(path, "{\"ops\": [" + good("a") + ", " + item.json() + ", " + good("b") + "]}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(207);
        JsonNode body = answer.json();
        assertThat(body.path("succeeded").asInt()).isEqualTo(2);
        assertThat(body.path("failed").asInt()).isEqualTo(1);
        JsonNode refused = body.path("results").path(1);
        assertThat(refused.path("index").asInt()).isEqualTo(1);
        assertThat(refused.path("outcome").asString()).isEqualTo("refused");
        assertThat(refused.path("error").path("code").asString())
                .as("%s", refused)
                .isEqualTo(item.expected().name());
        String message = refused.path("error").path("message").asString();
        for (String part : item.message()) {
            assertThat(message).contains(part);
        }
        assertThat(List.of(0, 2))
                .allSatisfy(index -> assertThat(
                                body.path("results").path(index).path("outcome").asString())
                        .isIn("created", "replaced"));
        assertThat(answer.header("VectorDB-Token"))
                .isEqualTo(body.path("token").asString())
                .isNotEmpty();
        assertGrpc(item, message, grpc);
    }

    private static void assertGrpc(Item item, String message, GrpcClient grpc) {
        WriteResponse response = grpc.records()
                .write(WriteRequest.newBuilder()
                        .setCollection(COLLECTION)
                        .addOps(upsert(record("a")))
                        .addOps(item.op())
                        .addOps(upsert(record("b")))
                        .build());
        assertThat(response.getFailed()).isEqualTo(1);
        assertThat(response.getSucceeded()).isEqualTo(2);
        WriteResult refused = response.getResults(1);
        assertThat(refused.getOutcome()).isEqualTo(WriteResult.Outcome.REFUSED);
        assertThat(refused.getError().getCode()).isEqualTo(item.expected().name());
        assertThat(refused.getError().getMessage()).isEqualTo(message);
    }

    private static String good(String key) {
        return "{\"upsert\": {\"id\": \"" + key + "\", \"form\": \"10-K\"}}";
    }
}
