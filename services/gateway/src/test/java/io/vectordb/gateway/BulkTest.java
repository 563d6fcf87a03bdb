package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.BulkRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BulkTest extends RunningGateway {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static HttpRequest.Builder request(String query) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + httpPort() + "/v1/collections/notes/bulk-write" + query))
                .header("Content-Type", "application/x-ndjson");
    }

    private static HttpResponse<String> send(String query, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        request(query)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static List<JsonNode> lines(HttpResponse<String> response) {
        return response.body().lines().map(MAPPER::readTree).toList();
    }

    private static List<Long> numbers(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.has("line"))
                .map(line -> line.get("line").asLong())
                .toList();
    }

    @Test
    void goodAndBadLinesAreReportedInOrderWithASummaryLast() throws Exception {
        String body = """
                {"id": "n1"}

                {"id": "n3", "bad": 1}
                not json
                {"id": "n5", "id": 2}
                {"id": "n6"}
                """;
        HttpResponse<String> response = send("", body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        List<JsonNode> lines = lines(response);
        assertThat(numbers(lines)).containsExactly(1L, 3L, 4L, 5L, 6L);
        assertThat(lines.get(0).toString()).isEqualTo("{\"line\":1,\"key\":\"n1\",\"outcome\":\"created\",\"seq\":1}");
        assertThat(lines.get(2).get("error").get("code").asString()).isEqualTo("MALFORMED_JSON");
        assertThat(lines.get(3).get("error").get("code").asString()).isEqualTo("INVALID_VALUE");
        JsonNode summary = lines.getLast().get("summary");
        assertThat(summary.get("lines").asInt()).isEqualTo(5);
        assertThat(summary.get("succeeded").asInt()).isEqualTo(2);
        assertThat(summary.get("failed").asInt()).isEqualTo(3);
        assertThat(summary.get("failed_by_code").toString())
                .contains("\"TYPE_MISMATCH\":1", "\"MALFORMED_JSON\":1", "\"INVALID_VALUE\":1");
        assertThat(summary.get("token").asString()).isEqualTo("bulk-token");
        assertThat(summary.has("report")).isFalse();
    }

    @Test
    void operationsAreReadWithTheirConditions() throws Exception {
        send("?format=ops", "{\"upsert\": {\"id\": \"n3\"}, \"if_seq\": 0, \"tag\": \"row 17\"}\n{\"delete\": \"n1\"}");
        BulkRequest chunk = coordinator().bulkRequests.stream()
                .filter(BulkRequest::hasChunk)
                .findFirst()
                .orElseThrow();
        assertThat(chunk.getChunk().getFirstLine()).isEqualTo(1);
        assertThat(chunk.getChunk().getOps(0).getTag()).isEqualTo("row 17");
        assertThat(chunk.getChunk().getOps(1).getDelete().getStringKey()).isEqualTo("n1");
    }

    @Test
    void theReportCanBeLimited() throws Exception {
        String body = "{\"id\": \"a\"}\n{\"bad\": 1}\nx\n";
        assertThat(numbers(lines(send("?report=failed", body)))).containsExactly(2L, 3L);
        List<JsonNode> none = lines(send("?report=none", body));
        assertThat(none).hasSize(1);
        assertThat(none.getFirst().get("summary").get("failed").asInt()).isEqualTo(2);
    }

    @Test
    void tooManyFailuresStopTheCall() throws Exception {
        String body = "x\n".repeat(5) + "{\"id\": \"a\"}\n".repeat(1000);
        List<JsonNode> lines = lines(send("?max_failed=3", body));
        JsonNode summary = lines.getLast().get("summary");
        assertThat(summary.get("stopped").asBoolean()).isTrue();
        assertThat(summary.get("failed").asInt()).isEqualTo(3);
        assertThat(numbers(lines)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void linesThatAreTooLongAreRefusedByThemselves() throws Exception {
        String body = "{\"id\": \"a\"}\n{\"id\": \"" + "x".repeat(3 << 20) + "\"}\n{\"id\": \"c\"}";
        List<JsonNode> lines = lines(send("", body));
        assertThat(numbers(lines)).containsExactly(1L, 2L, 3L);
        assertThat(lines.get(1).get("error").get("code").asString()).isEqualTo("RECORD_TOO_LARGE");
        assertThat(lines.get(2).get("key").asString()).isEqualTo("c");
    }

    @Test
    void manyLinesTravelInFewChunksAndComeBackInOrder() throws Exception {
        int count = 20_000;
        String body = IntStream.range(0, count)
                .mapToObj(i -> "{\"id\": \"k" + i + "\", \"text\": \"" + "t".repeat(100) + "\"}")
                .collect(Collectors.joining("\n"));
        List<JsonNode> lines = lines(send("", body));
        assertThat(numbers(lines)).hasSize(count).isSorted();
        assertThat(lines.getLast().get("summary").get("succeeded").asInt()).isEqualTo(count);
        assertThat(coordinator().bulkRequests).hasSizeLessThan(count / 50);
    }

    @Test
    void errorsBeforeTheFirstLineAreOrdinaryProblems() throws Exception {
        coordinator().on("BulkWrite", _ -> {
            throw new VectorDbException(ErrorCode.COLLECTION_NOT_FOUND, "there is no collection notes");
        });
        HttpResponse<String> response = send("", "{\"id\": \"a\"}\n");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("COLLECTION_NOT_FOUND");
        assertThat(send("?format=csv", "").statusCode()).isEqualTo(400);
        assertThat(send("?request_id=" + "r".repeat(65), "").body())
                .contains("LIMIT_EXCEEDED", "\"parameter\":\"request_id\"");
    }

    @Test
    void anEmptyBodyHasASummary() throws Exception {
        assertThat(lines(send("", "")).getLast().get("summary").get("lines").asInt())
                .isZero();
    }

    @Test
    void resultsComeWhileTheRequestIsStillBeingWritten() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", httpPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            write(
                    socket,
                    "POST /v1/collections/notes/bulk-write HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            writeChunk(socket, "{\"id\": \"a\"}\n{\"id\"");
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.lines()
                            .filter(line -> line.contains("\"line\":1,"))
                            .findFirst())
                    .isPresent();
            writeChunk(socket, ": \"c\"}");
            write(socket, "0\r\n\r\n");
            assertThat(lines.lines()
                            .filter(line -> line.contains("\"lines\":2"))
                            .findFirst())
                    .isPresent();
        }
    }

    private static void writeChunk(Socket socket, String text) throws IOException {
        write(socket, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
