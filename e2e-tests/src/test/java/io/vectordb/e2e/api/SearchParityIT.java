package io.vectordb.e2e.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.Select;
import io.vectordb.v1.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads that are refused: the same code and the same values in the message through REST and gRPC. */
@ExtendWith(SharedServer.class)
class SearchParityIT {

    private static final String COLLECTION = "search_parity";
    private static final String SEARCH = "/v1/collections/" + COLLECTION + "/search";
    private static final String COUNT = "/v1/collections/" + COLLECTION + "/count";
    private static final String SCROLL = "/v1/collections/" + COLLECTION + "/scroll";
    private static final String GET = "/v1/collections/" + COLLECTION + "/get";

    @BeforeAll
    static void create(Rest rest) {
        Samples.create(rest, COLLECTION);
    }

    private static Function<GrpcClient, Object> search(SearchRequest.Builder request) {
        return grpc -> grpc.search().search(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> nearest(Nearest.Builder nearest) {
        return search(SearchRequest.newBuilder().setQuery(Query.newBuilder().setNearest(nearest)));
    }

    private static Nearest.Builder near(float... vector) {
        return Nearest.newBuilder().setVector(Values.vector(vector));
    }

    private static Function<GrpcClient, Object> count(String filter) {
        return count(CountRequest.newBuilder().setFilter(filter));
    }

    private static Function<GrpcClient, Object> count(CountRequest.Builder request) {
        return grpc -> grpc.search().count(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> scroll(ScrollRequest.Builder request) {
        return grpc -> grpc.search().scroll(request.setCollection(COLLECTION).build());
    }

    private static Function<GrpcClient, Object> get(GetRequest.Builder request) {
        return grpc -> grpc.records().get(request.setCollection(COLLECTION).build());
    }

    private static byte[] littleEndian(float... components) {
        ByteBuffer bytes = ByteBuffer.allocate(components.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float component : components) {
            bytes.putFloat(component);
        }
        return bytes.array();
    }

    static Stream<Parity> vectors() {
        byte[] nan = littleEndian(1, Float.NaN, 0, 0);
        byte[] three = {1, 2, 3};
        return Stream.of(
                Parity.of(
                        "a vector of another dimension",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": [1, 2]}}}",
                        nearest(near(1, 2)),
                        Code.DIMENSION_MISMATCH,
                        "expected dimension 4",
                        "received 2"),
                Parity.of(
                        "a vector of zeros under cosine",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": [0, 0, 0, 0]}}}",
                        nearest(near(0, 0, 0, 0)),
                        Code.ZERO_VECTOR),
                new Parity(
                        "an infinite component",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": [0, 1e60, 0, 0]}}}",
                        nearest(near(0, Float.POSITIVE_INFINITY, 0, 0)),
                        Code.NON_FINITE_VECTOR,
                        List.of("1e60"),
                        false),
                Parity.of(
                        "a component that is no number, in bytes",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": {\"float32_le\": \""
                                + Base64.getEncoder().encodeToString(nan) + "\"}}}}",
                        nearest(Nearest.newBuilder()
                                .setVector(Vector.newBuilder().setFloat32Le(ByteString.copyFrom(nan)))),
                        Code.NON_FINITE_VECTOR),
                Parity.of(
                        "bytes that are no whole components",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": {\"float32_le\": \""
                                + Base64.getEncoder().encodeToString(three) + "\"}}}}",
                        nearest(Nearest.newBuilder()
                                .setVector(Vector.newBuilder().setFloat32Le(ByteString.copyFrom(three)))),
                        Code.INVALID_VALUE),
                Parity.of(
                        "a vector field that there is not",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"field\": \"w\", \"vector\": [1, 2, 3, 4]}}}",
                        nearest(near(1, 2, 3, 4).setField("w")),
                        Code.UNKNOWN_FIELD,
                        "w"),
                Parity.of(
                        "a text for a vector that no model fills",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"text\": \"chips\"}}}",
                        nearest(Nearest.newBuilder().setText("chips")),
                        Code.MISSING_MEMBER,
                        "v"),
                Parity.of(
                        "nothing to be near to",
                        SEARCH,
                        "{\"query\": {\"nearest\": {}}}",
                        nearest(Nearest.newBuilder()),
                        Code.MISSING_MEMBER),
                Parity.of(
                        "an empty query",
                        SEARCH,
                        "{\"query\": {}}",
                        search(SearchRequest.newBuilder().setQuery(Query.newBuilder())),
                        Code.MISSING_MEMBER));
    }

    static Stream<Parity> filters() {
        return Stream.of(
                Parity.of(
                        "a filter that cannot be parsed",
                        COUNT,
                        "{\"filter\": \"year == 3\"}",
                        count("year == 3"),
                        Code.FILTER_SYNTAX,
                        "column 7",
                        "expected a value, found ="),
                Parity.of(
                        "a filter that ends too early",
                        COUNT,
                        "{\"filter\": \"year = 1 AND\"}",
                        count("year = 1 AND"),
                        Code.FILTER_SYNTAX,
                        "column 13"),
                Parity.of(
                        "a filter on a field that there is not",
                        COUNT,
                        "{\"filter\": \"yaer = 3\"}",
                        count("yaer = 3"),
                        Code.UNKNOWN_FIELD,
                        "yaer"),
                Parity.of(
                        "a filter with a value of another type",
                        COUNT,
                        "{\"filter\": \"year = '2024'\"}",
                        count("year = '2024'"),
                        Code.TYPE_MISMATCH,
                        "column 8",
                        "year is int32",
                        "'2024'"),
                Parity.of(
                        "a parameter too few",
                        COUNT,
                        "{\"filter\": \"year = $1 OR year = $2\", \"params\": [1]}",
                        count(CountRequest.newBuilder()
                                .setFilter("year = $1 OR year = $2")
                                .addParams(Values.of(1))),
                        Code.PARAMETER_MISMATCH,
                        "$2"),
                Parity.of(
                        "a parameter that is not used",
                        COUNT,
                        "{\"filter\": \"year = :a\", \"named_params\": {\"a\": 1, \"b\": 2}}",
                        count(CountRequest.newBuilder()
                                .setFilter("year = :a")
                                .putNamedParams("a", Values.of(1))
                                .putNamedParams("b", Values.of(2))),
                        Code.PARAMETER_MISMATCH,
                        "b"),
                Parity.of(
                        "parameters without a filter",
                        COUNT,
                        "{\"params\": [1]}",
                        count(CountRequest.newBuilder().addParams(Values.of(1))),
                        Code.PARAMETER_MISMATCH),
                Parity.of(
                        "a filter that is too long",
                        COUNT,
                        "{\"filter\": \"" + " ".repeat(70_000) + "TRUE\"}",
                        count(" ".repeat(70_000) + "TRUE"),
                        Code.LIMIT_EXCEEDED,
                        "65536",
                        "70004"));
    }

    static Stream<Parity> bounds() {
        String longKey = "k".repeat(513);
        return Stream.of(
                Parity.of(
                        "too many hits",
                        SEARCH,
                        "{\"k\": 10001}",
                        search(SearchRequest.newBuilder().setK(10_001)),
                        Code.LIMIT_EXCEEDED,
                        "10000",
                        "10001"),
                Parity.of(
                        "less than no hits",
                        SEARCH,
                        "{\"k\": -1}",
                        search(SearchRequest.newBuilder().setK(-1)),
                        Code.INVALID_VALUE,
                        "-1"),
                Parity.of(
                        "a page that is too large",
                        SCROLL,
                        "{\"limit\": 10001}",
                        scroll(ScrollRequest.newBuilder().setLimit(10_001)),
                        Code.LIMIT_EXCEEDED,
                        "10000",
                        "10001"),
                Parity.of(
                        "no beam",
                        SEARCH,
                        "{\"query\": {\"nearest\": {\"vector\": [1, 0, 0, 0], \"ef_search\": 0}}}",
                        nearest(near(1, 0, 0, 0).setEfSearch(0)),
                        Code.INVALID_VALUE,
                        "0"),
                Parity.of(
                        "a cursor of nobody",
                        SCROLL,
                        "{\"cursor\": \"bm8\"}",
                        scroll(ScrollRequest.newBuilder().setCursor("bm8")),
                        Code.INVALID_CURSOR),
                Parity.of(
                        "a token of nobody",
                        SEARCH,
                        "{\"consistency\": {\"tokens\": [\"bm8\"]}}",
                        search(SearchRequest.newBuilder()
                                .setConsistency(Consistency.newBuilder().addTokens("bm8"))),
                        Code.INVALID_TOKEN),
                Parity.of(
                        "no time",
                        COUNT,
                        "{\"timeout\": \"0s\"}",
                        count(CountRequest.newBuilder().setTimeout(Duration.getDefaultInstance())),
                        Code.INVALID_VALUE),
                Parity.of(
                        "a selected field that there is not",
                        SEARCH,
                        "{\"select\": [\"yaer\"]}",
                        search(SearchRequest.newBuilder()
                                .setSelect(Select.newBuilder().addInclude("yaer"))),
                        Code.UNKNOWN_FIELD,
                        "yaer"),
                Parity.of(
                        "a key that is too long",
                        GET,
                        "{\"keys\": [\"" + longKey + "\"]}",
                        get(GetRequest.newBuilder().addKeys(Values.key(longKey))),
                        Code.KEY_TOO_LONG,
                        "513",
                        "512"),
                Parity.of(
                        "a collection that there is not",
                        "/v1/collections/" + COLLECTION + "x/count",
                        "{}",
                        grpc -> grpc.search()
                                .count(CountRequest.newBuilder()
                                        .setCollection(COLLECTION + "x")
                                        .build()),
                        Code.COLLECTION_NOT_FOUND,
                        COLLECTION + "x"));
    }

    @ParameterizedTest
    @MethodSource({"vectors", "filters", "bounds"})
    void isRefusedAlike(Parity parity, Rest rest, GrpcClient grpc) {
        parity.check(rest, grpc);
    }
}
