package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.count;
import static io.vectordb.coordinator.Requests.delete;
import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.session;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.v1.BatchMode;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {

    @TempDir
    Path folder;

    @Test
    void everythingIsThereAfterARestart() {
        String c;
        WriteRequest request;
        WriteResponse written;
        String token;
        SearchResponse before;
        try (TestDatabase database = new TestDatabase(folder)) {
            c = database.collection(3);
            WriteOp[] ops = IntStream.range(0, 300)
                    .mapToObj(i -> upsert("id", "k" + i, "n", i, "dynamic", "d" + i, "v", new float[] {i, 1, 2}))
                    .toArray(WriteOp[]::new);
            request = write(c, BatchMode.BATCH_MODE_UNSPECIFIED, RequestIds.orNew(""), ops);
            written = database.records().write(request);
            token = database.records()
                    .write(write(c, delete("k0"), upsert("id", "k1", "n", -1)))
                    .getToken();
            before = database.search().search(Requests.search(c, 50, 20, 1, 2).build());
        }
        try (TestDatabase database = new TestDatabase(folder)) {
            assertThat(database.search()
                            .count(count(c).toBuilder()
                                    .setConsistency(session(token))
                                    .build())
                            .getCount())
                    .isEqualTo(299);
            SearchResponse after =
                    database.search().search(Requests.search(c, 50, 20, 1, 2).build());
            assertThat(after.getHitsList()).isEqualTo(before.getHitsList());
            assertThat(database.records().get(get(c, "k0")).getResults(0).hasRecord())
                    .isFalse();
            WriteResponse again = database.records().write(request);
            assertThat(again.getResultsList()).allMatch(WriteResult::getReplayed);
            assertThat(again.getResults(5).getSeq())
                    .isEqualTo(written.getResults(5).getSeq());
            assertThat(database.records()
                            .write(write(c, upsert("id", "k2", "dynamic", 5)))
                            .getResults(0)
                            .getError()
                            .getCode())
                    .isEqualTo("TYPE_MISMATCH");
        }
    }
}
