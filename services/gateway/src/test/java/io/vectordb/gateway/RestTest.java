package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountResponse;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.ListCollectionsRequest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

class RestTest extends RunningGateway {

    @Test
    void searchIsForwardedWithItsCollectionAndAnswered() {
        post("/v1/collections/notes/search", "{\"query\": {\"nearest\": {\"vector\": [1, 2]}}, \"k\": 3}")
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType("application/json")
                .expectBody()
                .json("{\"hits\": [], \"warnings\": []}");
        SearchRequest request = (SearchRequest) coordinator().lastRequest();
        assertThat(request.getCollection()).isEqualTo("notes");
        assertThat(request.getK()).isEqualTo(3);
    }

    @Test
    void createdCollectionsAreLocated() {
        coordinator()
                .on(
                        "CreateCollection",
                        _ -> Collection.newBuilder().setName("notes").build());
        post("/v1/collections", "{\"name\": \"notes\"}")
                .expectStatus()
                .isCreated()
                .expectHeader()
                .location("/v1/collections/notes");
    }

    @Test
    void queryParametersBecomeMembers() {
        web().get()
                .uri(URI.create("http://127.0.0.1:" + httpPort() + "/v1/collections?limit=7&cursor=a%20b"))
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(coordinator().lastRequest())
                .isEqualTo(ListCollectionsRequest.newBuilder()
                        .setLimit(7)
                        .setCursor("a b")
                        .build());
        web().delete()
                .uri("/v1/collections/notes?if_exists=true&timeout=2s")
                .header("Idempotency-Key", "once")
                .exchange()
                .expectStatus()
                .isOk();
        DeleteCollectionRequest delete = (DeleteCollectionRequest) coordinator().lastRequest();
        assertThat(delete.getIfExists()).isTrue();
        assertThat(delete.getTimeout().getSeconds()).isEqualTo(2);
        assertThat(delete.getRequestId()).isEqualTo("once");
    }

    @Test
    void partialFailureIs207() {
        coordinator()
                .on(
                        "Upsert",
                        _ -> WriteResponse.newBuilder()
                                .setFailed(1)
                                .setToken("tok")
                                .addResults(WriteResult.newBuilder().setOutcome(WriteResult.Outcome.REFUSED))
                                .build());
        post("/v1/collections/notes/upsert", "{\"records\": [{\"id\": \"a\"}]}")
                .expectStatus()
                .isEqualTo(207)
                .expectHeader()
                .valueEquals("VectorDB-Token", "tok")
                .expectBody()
                .jsonPath("$.results[0].outcome")
                .isEqualTo("refused");
    }

    @Test
    void tokensMakeAReadASessionUnlessTheBodySaysOtherwise() {
        web().post()
                .uri("/v1/collections/notes/count")
                .header("VectorDB-Token", "a, b")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(consistency().getTokensList()).containsExactly("a", "b");
        web().post()
                .uri("/v1/collections/notes/count")
                .header("VectorDB-Token", "a")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"consistency\": {\"level\": \"strong\"}}")
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(consistency().getTokensCount()).isZero();
    }

    private static Consistency consistency() {
        return ((io.vectordb.v1.CountRequest) coordinator().lastRequest()).getConsistency();
    }

    @Test
    void traceAndAuthorizationAreHandedOn() {
        problem(
                        web().get()
                                .uri("/v1/collections/notes?x=1")
                                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                                .exchange(),
                        ErrorCode.UNKNOWN_MEMBER)
                .jsonPath("$.trace_id")
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736")
                .jsonPath("$.errors[0].parameter")
                .isEqualTo("x");
        web().get()
                .uri("/v1/collections/notes")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .header("Authorization", "Bearer k")
                .exchange()
                .expectStatus()
                .isOk();
        var headers = coordinator().headers.peek();
        assertThat(headers.get(CallContext.TRACEPARENT)).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
        assertThat(headers.get(CallContext.AUTHORIZATION)).isEqualTo("Bearer k");
    }

    @Test
    void int64IsAStringWhenAcceptSaysSo() {
        coordinator().on("Count", _ -> CountResponse.newBuilder().setCount(12).build());
        web().post()
                .uri("/v1/collections/notes/count")
                .header("Accept", "application/json; int64=string")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{}")
                .exchange()
                .expectBody()
                .json("{\"count\": \"12\"}");
    }

    @Test
    void gzipGoesBothWays() throws Exception {
        coordinator()
                .on(
                        "GetCollection",
                        _ -> Collection.newBuilder().setName("x".repeat(5000)).build());
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort() + "/v1/collections/notes"))
                                .header("Accept-Encoding", "gzip")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(response.body()).hasSizeLessThan(1000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write("{\"filter\": \"a = 1\"}".getBytes(StandardCharsets.UTF_8));
        }
        gzipped(out.toByteArray()).expectStatus().isOk();
        assertThat(((io.vectordb.v1.CountRequest) coordinator().lastRequest()).getFilter())
                .isEqualTo("a = 1");
        problem(gzipped("{}".getBytes(StandardCharsets.UTF_8)), ErrorCode.INVALID_VALUE);
        problem(gzipped(java.util.Arrays.copyOf(out.toByteArray(), out.size() - 4)), ErrorCode.INVALID_VALUE);
    }

    private static WebTestClient.ResponseSpec gzipped(byte[] body) {
        return web().post()
                .uri("/v1/collections/notes/count")
                .header("Content-Encoding", "gzip")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    @Test
    void filterErrorsShowTheirPlace() {
        coordinator().on("Count", _ -> {
            throw VectorDbException.of(new Violation(
                    "filter",
                    ErrorCode.FILTER_SYNTAX,
                    "column 7: expected a value, found =",
                    new Position(6, 1, 7, 1),
                    "equality is a single ="));
        });
        problem(post("/v1/collections/notes/count", "{\"filter\": \"form == '10-K'\"}"), ErrorCode.FILTER_SYNTAX)
                .jsonPath("$.errors[0].context")
                .isEqualTo("form == '10-K'\n      ^")
                .jsonPath("$.errors[0].position.column")
                .isEqualTo(7)
                .jsonPath("$.errors[0].hint")
                .isEqualTo("equality is a single =");
    }

    @Test
    void retryableErrorsSayWhen() {
        coordinator().on("Count", _ -> {
            throw new VectorDbException(ErrorCode.STALE, "the view is 9 s behind");
        });
        post("/v1/collections/notes/count", "{}")
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueEquals("Retry-After", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "search|{\"limit\": 3}|UNKNOWN_MEMBER|#/limit",
                "search|{\"k\": 10001}|LIMIT_EXCEEDED|#/k",
                "search|{\"k\": -1}|INVALID_VALUE|#/k",
                "search|{\"explain\": \"plan\"}|FEATURE_NOT_AVAILABLE|#/explain",
                "search|{\"query\": {\"match\": {\"text\": \"a\"}}}|FEATURE_NOT_AVAILABLE|#/query/match",
                "search|{\"timeout\": \"0s\"}|INVALID_VALUE|#/timeout",
                "search|{\"timeout\": \"2h\"}|LIMIT_EXCEEDED|#/timeout",
                "search|{\"params\": [1], \"named_params\": {\"a\": 1}}|PARAMETER_MISMATCH|#/params",
                "search|{\"filter\": null}|INVALID_VALUE|#/filter",
                "search|{\"query\": {\"nearest\": {\"vector\": [1e39]}}}|NON_FINITE_VECTOR|#/query/nearest/vector/0",
                "search|{\"collection\": \"other\"}|INVALID_VALUE|",
                "scroll|{\"limit\": 10001}|LIMIT_EXCEEDED|#/limit",
                "scroll|{|MALFORMED_JSON|#",
                "get|{\"keys\": [[\"a\", 1]]}|FEATURE_NOT_AVAILABLE|#/keys/0",
                "upsert|{\"request_id\": \"" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "\"}|LIMIT_EXCEEDED|#/request_id",
                "write|{\"ops\": [{\"if_filter\": \"a\"}]}|FEATURE_NOT_AVAILABLE|#/ops/0/if_filter",
                "delete-by-filter|{\"filter\": \"TRUE\"}|FEATURE_NOT_AVAILABLE|",
                "export|{}|FEATURE_NOT_AVAILABLE|",
                "ingest|{}|FEATURE_NOT_AVAILABLE|"
            })
    void badRequestsAreRefusedWithCodeAndPlace(String verb, String json, ErrorCode code, String pointer) {
        var body = problem(post("/v1/collections/notes/" + verb, json), code);
        if (pointer != null) {
            body.jsonPath("$.errors[0].pointer").isEqualTo(pointer);
        }
        assertThat(coordinator().requests).isEmpty();
    }

    @Test
    void longKeysAreRefused() {
        String key = "k".repeat(513);
        problem(post("/v1/collections/notes/get", "{\"keys\": [\"" + key + "\"]}"), ErrorCode.KEY_TOO_LONG);
        problem(web().get().uri("/v1/collections/notes/records/" + key).exchange(), ErrorCode.KEY_TOO_LONG);
    }

    @Test
    void tooManyItemsAreRefused() {
        String records = "{\"id\": \"a\"},".repeat(1000) + "{\"id\": \"a\"}";
        problem(post("/v1/collections/notes/upsert", "{\"records\": [" + records + "]}"), ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void deepRecordsAreRefusedCleanly() {
        String deep = "[".repeat(60) + "]".repeat(60);
        problem(
                post("/v1/collections/notes/upsert", "{\"records\": [{\"a\": " + deep + "}]}"),
                ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void largeBodiesAreForwardedAndTooLargeOnesRefused() {
        String text = "x".repeat(10 << 20);
        post("/v1/collections/notes/upsert", "{\"records\": [{\"a\": \"" + text + "\"}]}")
                .expectStatus()
                .isOk();
        assertThat(((UpsertRequest) coordinator().lastRequest()).getSerializedSize())
                .isGreaterThan(10 << 20);
        problem(
                post("/v1/collections/notes/upsert", "{\"records\": [{\"a\": \"" + text.repeat(4) + "\"}]}"),
                ErrorCode.REQUEST_TOO_LARGE);
    }

    @Test
    void missingNamesAreRefused() {
        problem(post("/v1/collections", "{}"), ErrorCode.MISSING_MEMBER)
                .jsonPath("$.errors[0].pointer")
                .isEqualTo("#/name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain", "application/x-ndjson", ""})
    void otherContentTypesAreRefused(String type) {
        var request = web().post().uri("/v1/collections/notes/count");
        problem(
                        (type.isEmpty() ? request : request.header("Content-Type", type))
                                .body((output, _) -> output.writeWith(reactor.core.publisher.Mono.just(
                                        output.bufferFactory().wrap("{}".getBytes(StandardCharsets.UTF_8)))))
                                .exchange(),
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE)
                .jsonPath("$.errors[0].hint")
                .isEqualTo("curl --json sends the right header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/json; int64=float", "application/json;q=0"})
    void otherAcceptedTypesAreRefused(String accept) {
        problem(web().get().uri("/v1/info").header("Accept", accept).exchange(), ErrorCode.NOT_ACCEPTABLE);
    }

    @Test
    void otherMethodsAreToldTheAllowedOnes() {
        problem(
                web().method(HttpMethod.PUT)
                        .uri("/v1/collections/notes/search")
                        .exchange()
                        .expectHeader()
                        .valueEquals("Allow", "POST"),
                ErrorCode.METHOD_NOT_ALLOWED);
        problem(web().get().uri("/v1/collections/notes/records").exchange(), ErrorCode.METHOD_NOT_ALLOWED)
                .jsonPath("$.errors[0].hint")
                .isEqualTo("POST /v1/collections/notes/scroll");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/collections/notes/serach,did you mean POST /v1/collections/{collection}/search?",
        "/v1/collections/notes/search/,did you mean POST /v1/collections/{collection}/search?",
        "/collections,did you mean POST /v1/collections or GET /v1/collections?",
        "/v2/whatever/else,the routes are listed at /openapi.json"
    })
    void unknownRoutesNameNearOnes(String path, String hint) {
        problem(web().get().uri(path).exchange(), ErrorCode.ROUTE_NOT_FOUND)
                .jsonPath("$.errors[0].hint")
                .isEqualTo(hint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/collections/%zz", "/v1/collections/a|b", "/v1/collections/%ff", "/v1/collections?limit=%f"})
    void malformedAddressesAreProblemsToo(String path) throws Exception {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"INVALID_VALUE\"");
    }

    private static String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", httpPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void twoRequestIdsMustBeEqual() {
        problem(
                        web().post()
                                .uri("/v1/collections/notes/upsert")
                                .header("Idempotency-Key", "a")
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue("{\"request_id\": \"b\"}")
                                .exchange(),
                        ErrorCode.INVALID_VALUE)
                .jsonPath("$.errors[0].header")
                .isEqualTo("Idempotency-Key");
    }

    @Test
    void everyErrorCodeHasAPage() {
        for (ErrorCode code : ErrorCode.values()) {
            web().get()
                    .uri("/problems/" + code.slug())
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .json("{\"code\": \"" + code + "\", \"status\": " + code.httpStatus() + "}");
        }
        problem(web().get().uri("/problems/nothing").exchange(), ErrorCode.ROUTE_NOT_FOUND);
    }

    @Test
    void timeoutsOfASilentCoordinatorAreTold() {
        java.util.concurrent.CountDownLatch released = new java.util.concurrent.CountDownLatch(1);
        coordinator().on("Count", _ -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CountResponse.getDefaultInstance();
        });
        problem(post("/v1/collections/notes/count", "{\"timeout\": \"100ms\"}"), ErrorCode.DEADLINE_EXCEEDED);
        released.countDown();
    }

    @Test
    void requestsAreMeasuredByRpcProtocolAndCode() {
        post("/v1/collections/notes/scroll", "{}").expectStatus().isOk();
        // Counted when it has ended, which is after its answer has come.
        org.awaitility.Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(metrics())
                                .contains(
                                        "vectordb_gateway_requests_seconds_count{code=\"OK\",protocol=\"rest\",rpc=\"Scroll\"}"));
    }

    private static String metrics() {
        return new String(
                web().get()
                        .uri("/actuator/prometheus")
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent(),
                StandardCharsets.UTF_8);
    }

    @Test
    void readinessAsksForTheCoordinator() {
        org.awaitility.Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> web().get()
                        .uri("/actuator/health/readiness")
                        .exchange()
                        .expectStatus()
                        .isOk());
    }
}
