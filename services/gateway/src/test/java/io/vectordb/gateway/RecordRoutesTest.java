package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.Record;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;

/** The routes of a single record. */
class RecordRoutesTest extends RunningGateway {

    @Test
    void putCreatesAndReplacesAndTakesTheKeyFromThePath() {
        coordinator().on("Write", _ -> result(WriteResult.Outcome.CREATED));
        web().put()
                .uri(URI.create("http://127.0.0.1:" + httpPort() + "/v1/collections/notes/records/a%2Fb?if_seq=0"))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"year\": 2024}")
                .exchange()
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("VectorDB-Token", "t1")
                .expectBody()
                .jsonPath("$.outcome")
                .isEqualTo("created");
        WriteRequest request = (WriteRequest) coordinator().lastRequest();
        assertThat(request.getOps(0).getIfSeq()).isZero();
        assertThat(request.getOps(0).hasIfSeq()).isTrue();
        assertThat(request.getOps(0).getUpsert().getValuesOrThrow("id").getStringValue())
                .isEqualTo("a/b");
        coordinator().on("Write", _ -> result(WriteResult.Outcome.REPLACED));
        web().put()
                .uri("/v1/collections/notes/records/n1")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"id\": \"n1\"}")
                .exchange()
                .expectStatus()
                .isOk();
        problem(
                        web().put()
                                .uri("/v1/collections/notes/records/n1")
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue("{\"id\": \"n2\"}")
                                .exchange(),
                        ErrorCode.INVALID_VALUE)
                .jsonPath("$.errors[0].pointer")
                .isEqualTo("#/id");
    }

    private static WriteResponse result(WriteResult.Outcome outcome) {
        return WriteResponse.newBuilder()
                .setSucceeded(1)
                .setToken("t1")
                .addResults(WriteResult.newBuilder()
                        .setKey(RecordKey.newBuilder().setStringKey("n1"))
                        .setOutcome(outcome)
                        .setSeq(812))
                .build();
    }

    @Test
    void patchAndDeleteOfOneRecordAreWrites() {
        coordinator().on("Write", _ -> result(WriteResult.Outcome.UPDATED));
        web().patch()
                .uri("/v1/collections/notes/records/n1?if_seq=812")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"set\": {\"year\": 2023}, \"unset\": [\"note\"]}")
                .exchange()
                .expectStatus()
                .isOk();
        WriteRequest patch = (WriteRequest) coordinator().lastRequest();
        assertThat(patch.getOps(0).getUpdate().getKey().getStringKey()).isEqualTo("n1");
        assertThat(patch.getOps(0).getIfSeq()).isEqualTo(812);
        coordinator().on("Write", _ -> result(WriteResult.Outcome.ABSENT));
        web().delete()
                .uri("/v1/collections/notes/records/n1")
                .exchange()
                .expectStatus()
                .isOk();
        assertThat(((WriteRequest) coordinator().lastRequest())
                        .getOps(0)
                        .getDelete()
                        .getStringKey())
                .isEqualTo("n1");
    }

    @Test
    void itemErrorsOfASingleRecordAreTheCallsProblem() {
        coordinator()
                .on(
                        "Write",
                        _ -> WriteResponse.newBuilder()
                                .setFailed(1)
                                .addResults(WriteResult.newBuilder()
                                        .setOutcome(WriteResult.Outcome.REFUSED)
                                        .setError(ItemError.newBuilder()
                                                .setCode("SEQ_MISMATCH")
                                                .setMessage("n1 is at version 815, the condition asked for 812")
                                                .putMetadata("expected", "812")
                                                .putMetadata("actual", "815")))
                                .build());
        problem(
                        web().delete()
                                .uri("/v1/collections/notes/records/n1?if_seq=812")
                                .exchange(),
                        ErrorCode.SEQ_MISMATCH)
                .jsonPath("$.errors[0].parameter")
                .isEqualTo("if_seq")
                .jsonPath("$.errors[0].expected")
                .isEqualTo(812)
                .jsonPath("$.errors[0].actual")
                .isEqualTo(815);
    }

    @Test
    void oneRecordIsReadOrNotFound() {
        coordinator()
                .on(
                        "Get",
                        _ -> GetResponse.newBuilder()
                                .setToken("t2")
                                .addResults(GetResult.newBuilder()
                                        .setRecord(Record.newBuilder()
                                                .setKey(RecordKey.newBuilder().setStringKey("n1"))
                                                .setFields(Fields.newBuilder()
                                                        .putValues(
                                                                "id",
                                                                Value.newBuilder()
                                                                        .setStringValue("n1")
                                                                        .build()))))
                                .build());
        web().get()
                .uri("/v1/collections/notes/records/n1?include=text,form&consistency=eventual")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("VectorDB-Token", "t2")
                .expectBody()
                .jsonPath("$.fields.id")
                .isEqualTo("n1");
        GetRequest request = (GetRequest) coordinator().lastRequest();
        assertThat(request.getSelect().getIncludeList()).containsExactly("text", "form");
        assertThat(request.getConsistency().getLevel()).isEqualTo(Consistency.Level.EVENTUAL);
        coordinator()
                .on(
                        "Get",
                        _ -> GetResponse.newBuilder()
                                .addResults(GetResult.getDefaultInstance())
                                .build());
        problem(web().get().uri("/v1/collections/notes/records/n9").exchange(), ErrorCode.RECORD_NOT_FOUND);
    }
}
