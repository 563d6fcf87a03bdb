package io.vectordb.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import tools.jackson.databind.JsonNode;

/**
 * A request that is refused, said in both ways: REST and gRPC have to answer with the same code and message.
 *
 * @param name what is wrong with it
 * @param path of the POST
 * @param json its body
 * @param call the same through gRPC
 * @param expected the code of the answer
 * @param message parts of the answer's text: the values that were expected and received
 * @param sameText whether both give the same text; false where one knows a name and the other a number
 */
record Parity(
        String name,
        String path,
        String json,
        Function<GrpcClient, ?> call,
        Code expected,
        List<String> message,
        boolean sameText) {

    static Parity of(
            String name, String path, String json, Function<GrpcClient, ?> call, Code expected, String... message) {
        return new Parity(name, path, json, call, expected, List.of(message), true);
    }

    void check(Rest rest, GrpcClient grpc) {
        Rest.Answer answer = rest.post(path, json);
        assertProblem(answer, expected);
        String detail = answer.json().path("detail").asString();
        for (String part : message) {
            assertThat(detail).contains(part);
        }
        GrpcClient.Failure failure = failure(() -> call.apply(grpc));
        assertThat(failure.code()).as("%s", failure).isEqualTo(expected.name());
        assertThat(failure.status()).isEqualTo(expected.grpc());
        if (sameText) {
            assertThat(failure.message()).isEqualTo(detail);
        }
    }

    /** The problem of a failed REST call, whole. */
    static JsonNode assertProblem(Rest.Answer answer, Code expected) {
        assertThat(answer.header("Content-Type")).as("%s", answer).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("code").asString()).as("%s", answer).isEqualTo(expected.name());
        assertThat(answer.status()).as("%s", answer).isEqualTo(expected.http());
        assertThat(problem.path("status").asInt()).isEqualTo(expected.http());
        assertThat(problem.path("type").asString())
                .isEqualTo(
                        "/problems/" + expected.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        assertThat(problem.path("title").asString()).isNotEmpty();
        assertThat(problem.path("detail").asString()).isNotEmpty();
        assertThat(problem.path("instance").asString())
                .isEqualTo(answer.response().uri().getRawPath());
        assertThat(problem.path("retryable").asBoolean()).isFalse();
        assertThat(problem.path("trace_id").asString()).matches("[0-9a-f]{32}");
        return problem;
    }

    static GrpcClient.Failure failure(ThrowingCallable call) {
        return GrpcClient.Failure.of(catchThrowableOfType(StatusRuntimeException.class, call));
    }

    @Override
    public String toString() {
        return name;
    }
}
