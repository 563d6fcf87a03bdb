package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.list;
import static io.vectordb.coordinator.Requests.session;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.SearchResponse;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTest {

    private final TestDatabase database = TestDatabase.shared();

    @Test
    void aSessionReadsItsOwnWritesByKeyAndBySearch() {
        String c = database.collection(3);
        String token = "";
        for (int i = 0; i < 60; i++) {
            String key = "k" + i;
            String written = database.records()
                    .write(write(c, upsert("id", key, "n", i)))
                    .getToken();
            token = i % 2 == 0 ? written : token;
            String[] tokens = token.equals(written) ? new String[] {written} : new String[] {token, written};
            GetResponse got = database.records()
                    .get(get(c, key).toBuilder().setConsistency(session(tokens)).build());
            assertThat(got.getResults(0).hasRecord()).isTrue();
            SearchResponse found = database.search()
                    .search(list(c, 1)
                            .setFilter("n = " + i)
                            .setConsistency(session(tokens))
                            .build());
            assertThat(found.getHitsList()).hasSize(1);
            token = found.getToken();
        }
    }

    @Test
    void aTokenOfACollectionMadeAnewIsRefusedAndOneOfAnotherCollectionPassedOn() {
        String c = database.collection(2);
        String other = database.collection(2);
        String token = database.records().write(write(c, upsert("id", "a"))).getToken();
        assertThat(database.search()
                        .search(list(other, 1).setConsistency(session(token)).build())
                        .getHitsList())
                .isEmpty();
        database.collections()
                .deleteCollection(
                        DeleteCollectionRequest.newBuilder().setCollection(c).build());
        assertThat(failure(() -> database.search().search(list(c, 1).build())).code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        database.create(c, 2);
        assertThat(failure(() -> database.search()
                                .search(list(c, 1)
                                        .setConsistency(session(token))
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.INVALID_TOKEN);
        assertThat(failure(() -> database.records()
                                .write(write(c, upsert("id", "a")).toBuilder()
                                        .addTokens(token)
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.INVALID_TOKEN);
        assertThat(database.search().search(list(c, 1).build()).getHitsList()).isEmpty();
    }

    @Test
    void whatIsNoTokenIsRefused() {
        String c = database.collection(1);
        String token = database.records().write(write(c, upsert("id", "a"))).getToken();
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        bytes[5]++;
        String damaged = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        for (String text : List.of("", "not a token", "AAAA", token.substring(2), token + token, damaged)) {
            assertThat(failure(() -> database.search()
                                    .search(list(c, 1)
                                            .setConsistency(session(text))
                                            .build()))
                            .code())
                    .as(text)
                    .isEqualTo(ErrorCode.INVALID_TOKEN);
        }
    }
}
