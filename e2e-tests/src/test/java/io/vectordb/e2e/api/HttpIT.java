package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.Rest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What only REST can get wrong, and what only its headers say. */
@ExtendWith(SharedServer.class)
class HttpIT {

    private static final String COLLECTION = "http";
    private static final String BASE = "/v1/collections/" + COLLECTION;

    @BeforeAll
    static void create(Rest rest) {
        Samples.create(rest, COLLECTION);
    }

    private static JsonNode assertProblem(Rest.Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("code").asString()).isEqualTo(code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        return answer.json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"k\": 3", "{k: 3}", "{\"k\": 3} x", "", "{\"k\": 03}", "{\"filter\": 'a'}"})
    void whatIsNoJsonIsRefused(String body, Rest rest) {
        assertProblem(rest.post(BASE + "/search", body), 400, "MALFORMED_JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "3", "{\"k\": 3, \"k\": 4}", "{\"filter\": \"\\ud800\"}"})
    void jsonThatCanBeReadInTwoWaysOrNoneIsRefused(String body, Rest rest) {
        assertProblem(rest.post(BASE + "/search", body), 400, "INVALID_VALUE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"filter\": null}          | INVALID_VALUE  | #/filter",
                "{\"k\": \"many\"}           | INVALID_VALUE  | #/k",
                "{\"k\": 1.5}                | INVALID_VALUE  | #/k",
                "{\"limit\": 3}              | UNKNOWN_MEMBER | #/limit",
                "{\"query\": {\"nearst\": 1}}| UNKNOWN_MEMBER | #/query/nearst",
                "{\"timeout\": \"soon\"}     | INVALID_VALUE  | #/timeout"
            })
    void whatIsWrongIsPointedAt(String body, String code, String pointer, Rest rest) {
        JsonNode problem = assertProblem(rest.post(BASE + "/search", body), 400, code);
        assertThat(problem.at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void aFilterThatCannotBeParsedIsShownWithItsPlace(Rest rest) {
        JsonNode problem =
                assertProblem(rest.post(BASE + "/count", "{\"filter\": \"year == 3\"}"), 400, "FILTER_SYNTAX");
        JsonNode error = problem.at("/errors/0");
        assertThat(error.path("pointer").asString()).isEqualTo("#/filter");
        assertThat(error.path("position").toString()).isEqualTo("{\"offset\":6,\"line\":1,\"column\":7,\"length\":1}");
        assertThat(error.path("context").asString()).isEqualTo("year == 3\n      ^");
        assertThat(error.path("hint").asString()).isEqualTo("equality is a single =");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/collectons",
        "POST,   /v1/collections/http/serach",
        "GET,    /v2/collections",
        "GET,    /",
        "DELETE, /v1/collections/http/records/a/b"
    })
    void unknownRoutesAreNotFound(String method, String path, Rest rest) {
        assertProblem(rest.send(rest.request(path).method(method, BodyPublishers.noBody())), 404, "ROUTE_NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /v1/collections            | GET,POST",
                "POST   | /v1/info                   | GET",
                "GET    | /v1/collections/http/search | POST",
                "POST   | /v1/collections/http/records/a | DELETE,GET,PATCH,PUT"
            })
    void otherMethodsAreRefusedWithTheAllowedOnes(String method, String path, String allowed, Rest rest) {
        Rest.Answer answer = rest.send(method, path, "application/json", BodyPublishers.ofString("{}"));
        assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
        assertThat(answer.header("Allow").replace(" ", "").split(",")).contains(allowed.split(","));
    }

    @Test
    void recordsAreNotListedButScrolled(Rest rest) {
        JsonNode problem = assertProblem(rest.get(BASE + "/records"), 405, "METHOD_NOT_ALLOWED");
        assertThat(problem.path("detail").asString()).contains(BASE + "/scroll");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-www-form-urlencoded", "text/plain", "application/x-ndjson", "multipart/form-data"
            })
    void otherBodiesAreNotReadAndTheWayToSendJsonIsTold(String type, Rest rest) {
        Rest.Answer answer = rest.send("POST", BASE + "/search", type, BodyPublishers.ofString("{}"));
        JsonNode problem = assertProblem(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
        assertThat(problem.toString()).contains("curl --json");
    }

    @Test
    void answersThatNobodyCanReadAreNotGiven(Rest rest) {
        Rest.Answer answer = rest.send(rest.request("/v1/info").GET().header("Accept", "text/html"));
        assertProblem(answer, 406, "NOT_ACCEPTABLE");
    }

    @Test
    void everyRecordRouteDoesWhatItsMethodSays(Rest rest) {
        String path = BASE + "/records/r%2F1%20%C3%A4";
        Rest.Answer created = rest.put(path, "{\"form\": \"10-K\", \"year\": 2024, \"amount\": 12.5}");
        assertThat(created.status()).as("%s", created).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo(path);
        long seq = created.json().path("seq").asLong();
        assertThat(created.json().path("key").asString()).isEqualTo("r/1 ä");
        assertProblem(rest.put(path + "?if_seq=0", "{\"form\": \"8-K\"}"), 409, "SEQ_MISMATCH");
        Rest.Answer replaced = rest.put(path + "?if_seq=" + seq, "{\"form\": \"8-K\", \"amount\": \"7\"}");
        assertThat(replaced.status()).isEqualTo(200);
        Rest.Answer read =
                rest.send(rest.request(path).GET().header("VectorDB-Token", replaced.header("VectorDB-Token")));
        assertThat(read.json().path("fields").toString())
                .isEqualTo("{\"amount\":\"7.00\",\"form\":\"8-K\",\"id\":\"r/1 ä\"}");
        assertThat(read.json().path("seq").asLong())
                .isEqualTo(replaced.json().path("seq").asLong())
                .isGreaterThan(seq);
        Rest.Answer patched =
                rest.send("PATCH", path, "application/json", BodyPublishers.ofString("{\"set\": {\"year\": 2023}}"));
        assertThat(patched.json().path("outcome").asString()).isEqualTo("updated");
        assertThat(rest.get(path + "?include=year").json().path("fields").toString())
                .isEqualTo("{\"year\":2023}");
        assertThat(rest.delete(path).json().path("outcome").asString()).isEqualTo("deleted");
        Rest.Answer again = rest.delete(path);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("outcome").asString()).isEqualTo("absent");
        assertProblem(rest.get(path), 404, "RECORD_NOT_FOUND");
    }

    @Test
    void problemsArePages(Rest rest) {
        JsonNode problem = assertProblem(rest.get(BASE + "x"), 404, "COLLECTION_NOT_FOUND");
        assertThat(problem.at("/errors/0/hint").asString()).isEqualTo("did you mean http?");
        Rest.Answer page = rest.get(problem.path("type").asString());
        assertThat(page.status()).as("%s", page).isEqualTo(200);
        assertThat(page.json().path("code").asString()).isEqualTo("COLLECTION_NOT_FOUND");
    }

    @Test
    void int64IsTextForThoseWhoAskForIt(Rest rest) {
        rest.put(BASE + "/records/int64", "{\"form\": \"8-K\"}");
        Rest.Answer answer = rest.send(
                rest.request(BASE + "/records/int64").GET().header("Accept", "application/json; int64=string"));
        assertThat(answer.json().path("seq").isString()).isTrue();
        assertThat(rest.get(BASE + "/records/int64").json().path("seq").isIntegralNumber())
                .isTrue();
    }

    @Test
    void aTraceIsTakenOver(Rest rest) {
        Rest.Answer answer = rest.send(rest.request("/v1/collections/nowhere")
                .GET()
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assertThat(answer.json().path("trace_id").asString()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }
}
