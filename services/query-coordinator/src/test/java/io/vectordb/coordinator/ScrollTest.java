package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.delete;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Record;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import io.vectordb.v1.WriteOp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScrollTest {

    private final TestDatabase database = TestDatabase.shared();

    private static ScrollRequest.Builder scroll(String collection, String filter, int limit) {
        return ScrollRequest.newBuilder()
                .setCollection(collection)
                .setFilter(filter)
                .setLimit(limit);
    }

    private String filled(int shards, int records) {
        String c = database.collection(shards);
        WriteOp[] ops = IntStream.range(0, records)
                .mapToObj(i -> upsert("id", "k" + i, "n", i))
                .toArray(WriteOp[]::new);
        database.records().write(write(c, ops));
        return c;
    }

    @Test
    void everyRecordThatStaysIsGivenExactlyOnceWhileOthersComeAndGo() {
        String c = filled(4, 200);
        List<String> keys = new ArrayList<>();
        String cursor = "";
        int page = 0;
        do {
            ScrollResponse response =
                    database.search().scroll(scroll(c, "", 7).setCursor(cursor).build());
            assertThat(response.getRecordsList()).hasSizeLessThanOrEqualTo(7);
            response.getRecordsList().forEach(record -> keys.add(record.getKey().getStringKey()));
            cursor = response.getNextCursor();
            // Records below 50 stay; they change, which must not move them.
            database.records()
                    .write(write(
                            c,
                            upsert("id", "k" + page, "n", -1),
                            delete("k" + (50 + page)),
                            upsert("id", "new" + page)));
            page++;
        } while (!cursor.isEmpty());
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(keys)
                .containsAll(IntStream.range(0, 50).mapToObj(i -> "k" + i).toList());
    }

    @Test
    void aFilteredScrollGivesWhatPassesAndNothingElse() {
        String c = filled(4, 300);
        List<Record> records = new ArrayList<>();
        String cursor = "";
        do {
            ScrollResponse response = database.search()
                    .scroll(scroll(c, "n BETWEEN 10 AND 29", 8)
                            .setCursor(cursor)
                            .build());
            records.addAll(response.getRecordsList());
            cursor = response.getNextCursor();
        } while (!cursor.isEmpty());
        assertThat(records.stream()
                        .map(record -> record.getFields().getValuesOrThrow("n").getIntValue()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(10, 30).mapToObj(i -> (long) i).toList());
    }

    @Test
    void aCursorIsGoodForItsOwnRequestAlone() {
        String c = filled(2, 50);
        String cursor = database.search().scroll(scroll(c, "n >= 0", 5).build()).getNextCursor();
        assertThat(cursor).isNotEmpty();
        // The page size may change.
        assertThat(database.search()
                        .scroll(scroll(c, "n >= 0", 9).setCursor(cursor).build())
                        .getRecordsList())
                .hasSize(9);
        for (ScrollRequest.Builder other :
                List.of(scroll(c, "n >= 1", 5), scroll(c, "", 5), scroll(filled(2, 10), "n >= 0", 5))) {
            assertThat(failure(() -> database.search()
                                    .scroll(other.setCursor(cursor).build()))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_CURSOR);
        }
    }

    @Test
    void whatIsNoCursorIsRefused() {
        String c = filled(1, 20);
        String cursor = database.search().scroll(scroll(c, "", 5).build()).getNextCursor();
        byte[] bytes = Base64.getUrlDecoder().decode(cursor);
        List<String> damaged = new ArrayList<>(List.of("not a cursor", "AAAA", cursor.substring(4), cursor + "A"));
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= (byte) 0x80;
            damaged.add(Base64.getUrlEncoder().withoutPadding().encodeToString(changed));
        }
        for (String text : damaged) {
            VectorDbException failure = failure(() ->
                    database.search().scroll(scroll(c, "", 5).setCursor(text).build()));
            assertThat(failure.code()).as(text + ": " + failure.getMessage()).isEqualTo(ErrorCode.INVALID_CURSOR);
        }
        assertThat(failure(() -> database.search().scroll(scroll(c, "", -1).build()))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failure(() -> database.search().scroll(scroll(c, "", 10_001).build()))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
}
