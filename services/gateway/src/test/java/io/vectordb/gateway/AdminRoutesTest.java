package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.vectordb.common.ErrorCode;
import io.vectordb.v1.ListAuditEntriesRequest;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Shard;
import io.vectordb.v1.TransferLeaderRequest;
import io.vectordb.v1.UnsafeRecoverRequest;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;

/** The routes of operators, and who they are told to be. */
class AdminRoutesTest extends RunningGateway {

    private static final Metadata.Key<String> ACTOR =
            Metadata.Key.of("vectordb-actor", Metadata.ASCII_STRING_MARSHALLER);

    private static String actor() {
        return Objects.requireNonNull(
                Objects.requireNonNull(coordinator().headers.peek()).get(ACTOR));
    }

    @Test
    void aTransferIsForwardedWithTheNameThatTheCallerGaveItselfAndItsAddress() {
        coordinator()
                .on(
                        "TransferLeader",
                        _ -> Shard.newBuilder().setId("notes-0").setLeader("s2").build());
        web().post()
                .uri("/v1/shards/notes-0/transfer-leader")
                .header("VectorDB-Actor", "ann")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"to_node\": \"s2\"}")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.leader")
                .isEqualTo("s2");
        TransferLeaderRequest request = (TransferLeaderRequest) coordinator().lastRequest();
        assertThat(request.getShard()).isEqualTo("notes-0");
        assertThat(request.getToNode()).isEqualTo("s2");
        assertThat(actor()).isEqualTo("ann at 127.0.0.1");
    }

    @Test
    void listsTakeTheirFiltersFromTheQuery() {
        web().get()
                .uri("/v1/shards?collection=notes&node=s1&shard=notes-0&limit=5")
                .exchange()
                .expectStatus()
                .isOk();
        ListShardsRequest shards = (ListShardsRequest) coordinator().lastRequest();
        assertThat(shards.getCollection()).isEqualTo("notes");
        assertThat(shards.getNode()).isEqualTo("s1");
        assertThat(shards.getShard()).isEqualTo("notes-0");
        assertThat(shards.getLimit()).isEqualTo(5);
        assertThat(actor()).isEqualTo("anonymous at 127.0.0.1");
        web().get()
                .uri("/v1/audit-entries?since=2026-01-31T00:00:00Z&actor=ann")
                .exchange()
                .expectStatus()
                .isOk();
        ListAuditEntriesRequest audit = (ListAuditEntriesRequest) coordinator().lastRequest();
        assertThat(audit.getSince().getSeconds()).isEqualTo(1_769_817_600L);
        assertThat(audit.getActor()).isEqualTo("ann");
    }

    @Test
    void longWorkIsAcceptedAndOtherWorkIsDone() {
        coordinator().on("VerifyShard", _ -> Operation.newBuilder().setId("o1").build());
        post("/v1/shards/notes-0/verify", "{}").expectStatus().isAccepted();
        post("/v1/shards/notes-0/unsafe-recover", "{\"dry_run\": true}")
                .expectStatus()
                .isOk();
        UnsafeRecoverRequest request = (UnsafeRecoverRequest) coordinator().lastRequest();
        assertThat(request.getDryRun()).isTrue();
        problem(post("/v1/shards/notes-0/unsafe-recover", "{\"force\": true}"), ErrorCode.UNKNOWN_MEMBER);
    }
}
