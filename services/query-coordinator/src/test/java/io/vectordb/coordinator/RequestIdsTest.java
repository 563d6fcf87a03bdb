package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.WriteOp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestIdsTest {

    @Test
    void idsHaveTheLayoutOfRfc9562() {
        Set<UUID> seen = new HashSet<>();
        for (long millis : new long[] {0, 1, 1_732_286_400_123L, (1L << 48) - 1}) {
            for (int i = 0; i < 1_000; i++) {
                UUID id = RequestIds.uuidV7(millis);
                assertThat(id.version()).isEqualTo(7);
                assertThat(id.variant()).isEqualTo(2);
                assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis);
                assertThat(seen.add(id)).isTrue();
            }
        }
    }

    @Test
    void aGivenIdIsKeptAndATooLongOneRefused() {
        assertThat(RequestIds.orNew("x".repeat(64))).isEqualTo("x".repeat(64));
        assertThat(UUID.fromString(RequestIds.orNew("")).version()).isEqualTo(7);
        assertThatThrownBy(() -> RequestIds.orNew("ä".repeat(33)))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    }

    @Test
    void aLoadThatBeganBeforeTheWindowIsNotBegunAgain() {
        long begun = 1_732_286_400_000L;
        String id = RequestIds.uuidV7(begun).toString();
        RequestIds.checkAge(id, begun + 600_000);
        assertThatThrownBy(() -> RequestIds.checkAge(id, begun + 600_001))
                .isInstanceOfSatisfying(VectorDbException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
                    assertThat(e.getMessage()).contains("600 s");
                });
        RequestIds.checkAge("first-load", Long.MAX_VALUE);
    }

    @Test
    void theHashTellsItemsApartHoweverTheyAreCut() {
        WriteOp one = Requests.upsert("id", "a").toBuilder().setTag("t").build();
        WriteOp upsertAlone = Requests.upsert("id", "a");
        WriteOp tagAlone = WriteOp.newBuilder().setTag("t").build();
        BatchMode mode = BatchMode.BATCH_MODE_SKIP_FAILED;
        assertThat(RequestIds.contentHash("u", mode.getNumber(), List.of(one)))
                .isNotEqualTo(RequestIds.contentHash("u", mode.getNumber(), List.of(upsertAlone, tagAlone)))
                .isEqualTo(RequestIds.contentHash("u", mode.getNumber(), List.of(one)));
    }
}
