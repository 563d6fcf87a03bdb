package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.TestDatabase.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkResults;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResult;
import io.vectordb.v1.WriteResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class BulkWriteTest {

    private final TestDatabase database = TestDatabase.shared();

    private static BulkChunk[] chunks(int lines, int size, IntFunction<WriteOp> line) {
        List<BulkChunk> chunks = new ArrayList<>();
        for (int from = 0; from < lines; from += size) {
            BulkChunk.Builder chunk = BulkChunk.newBuilder().setFirstLine(from + 1);
            for (int i = from; i < Math.min(lines, from + size); i++) {
                chunk.addOps(line.apply(i));
            }
            chunks.add(chunk.build());
        }
        return chunks.toArray(BulkChunk[]::new);
    }

    private static BulkStart.Builder start(String collection) {
        return BulkStart.newBuilder().setCollection(collection);
    }

    private static BulkSummary summary(List<BulkResponse> responses) {
        assertThat(responses.getLast().hasSummary()).isTrue();
        assertThat(responses.stream().filter(BulkResponse::hasSummary)).hasSize(1);
        return responses.getLast().getSummary();
    }

    /** Line number and outcome of all lines told, in the order in which they were. */
    private static List<String> told(List<BulkResponse> responses) {
        List<String> told = new ArrayList<>();
        for (BulkResponse response : responses) {
            BulkResults results = response.getResults();
            for (WriteResult result : results.getResultsList()) {
                told.add(results.getFirstLine() + result.getIndex() + " " + result.getOutcome());
            }
        }
        return told;
    }

    private static WriteOp lineWithAFault(int i) {
        return i % 10 == 3 ? upsert("id", "k" + i, "n", "bad") : upsert("id", "k" + i, "n", i);
    }

    @Test
    void resultsComeInTheOrderOfTheLinesWithTheirErrorsAndTheSummaryLast() {
        String c = database.collection(4);
        List<BulkResponse> all = database.bulk(start(c).build(), chunks(100, 7, BulkWriteTest::lineWithAFault));
        List<String> expected = new ArrayList<>();
        for (int line = 1; line <= 100; line++) {
            expected.add(line + " " + (line % 10 == 4 ? Outcome.REFUSED : Outcome.CREATED));
        }
        assertThat(told(all)).containsExactlyElementsOf(expected);
        BulkSummary summary = summary(all);
        assertThat(summary.getLines()).isEqualTo(100);
        assertThat(summary.getSucceeded()).isEqualTo(90);
        assertThat(summary.getFailed()).isEqualTo(10);
        assertThat(summary.getFailedByCodeMap())
                .containsOnlyKeys("TYPE_MISMATCH")
                .containsValue(10L);
        assertThat(summary.getStopped()).isFalse();

        List<BulkResponse> failed = database.bulk(
                start(c).setReport(BulkStart.Report.FAILED).build(), chunks(100, 7, BulkWriteTest::lineWithAFault));
        assertThat(told(failed)).hasSize(10).allMatch(line -> line.endsWith("REFUSED"));
        List<BulkResponse> none = database.bulk(
                start(c).setReport(BulkStart.Report.NONE).build(), chunks(100, 7, BulkWriteTest::lineWithAFault));
        assertThat(none).hasSize(1);
        assertThat(summary(none).getFailed()).isEqualTo(10);
    }

    @Test
    void itStopsAfterSoManyRefusalsAndSaysSo() {
        String c = database.collection(1);
        List<BulkResponse> responses =
                database.bulk(start(c).setMaxFailed(2).build(), chunks(200, 10, BulkWriteTest::lineWithAFault));
        BulkSummary summary = summary(responses);
        assertThat(summary.getStopped()).isTrue();
        assertThat(summary.getFailed()).isEqualTo(2);
        assertThat(summary.getLines()).isEqualTo(20);
        assertThat(told(responses)).hasSize(20);
        assertThat(database.search().count(Requests.count(c)).getCount()).isEqualTo(18);
    }

    @Test
    void aStreamSentAgainUnderItsIdRepeatsNothingHoweverItIsCut() {
        String c = database.collection(2);
        String id = RequestIds.orNew("");
        BulkStart start = start(c).setRequestId(id).build();
        List<BulkResponse> first = database.bulk(start, chunks(50, 7, BulkWriteTest::lineWithAFault));
        database.records().write(Requests.write(c, upsert("id", "k0", "n", 999)));
        List<BulkResponse> again = database.bulk(start, chunks(60, 11, BulkWriteTest::lineWithAFault));
        assertThat(told(again).subList(0, 50)).isEqualTo(told(first));
        assertThat(again.stream()
                        .flatMap(response -> response.getResults().getResultsList().stream())
                        .filter(result -> !result.hasError())
                        .map(WriteResult::getReplayed))
                .startsWith(true, true, true)
                .endsWith(false, false, false);
        assertThat(database.records()
                        .get(get(c, "k0"))
                        .getResults(0)
                        .getRecord()
                        .getFields())
                .isEqualTo(Requests.fields("id", "k0", "n", 999));
    }

    @Test
    void theLastOfSeveralLinesOfOneKeyWins() {
        String c = database.collection(1);
        database.bulk(start(c).build(), chunks(300, 3, i -> upsert("id", "k", "n", i, "dyn" + i % 5, i)));
        assertThat(database.records()
                        .get(get(c, "k"))
                        .getResults(0)
                        .getRecord()
                        .getFields()
                        .getValuesOrThrow("n")
                        .getIntValue())
                .isEqualTo(299);
    }

    @Test
    void theTokenOfTheSummaryCoversAllLines() {
        String c = database.collection(4);
        List<BulkResponse> responses =
                database.bulk(start(c).build(), chunks(500, 100, i -> upsert("id", "k" + i, "n", i)));
        CountRequest count = Requests.count(c).toBuilder()
                .setConsistency(Requests.session(summary(responses).getToken()))
                .build();
        assertThat(database.search().count(count).getCount()).isEqualTo(500);
    }

    @Test
    void aStreamOfAnotherFormIsRefused() {
        String c = database.collection(1);
        BulkChunk[] one = chunks(1, 1, i -> upsert("id", "a"));
        BulkRequest chunk = BulkRequest.newBuilder().setChunk(one[0]).build();
        BulkRequest start = BulkRequest.newBuilder().setStart(start(c)).build();
        assertThat(failure(() -> database.bulk(List.of(chunk))).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(failure(() -> database.bulk(List.of())).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(failure(() -> database.bulk(List.of(start, start))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(failure(() -> database.bulk(start(c).build(), chunks(1_001, 1_001, i -> upsert("id", "k" + i))))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failure(() -> database.bulk(start("c_that_is_not_there").build(), one))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
    }

    @Test
    void aStreamWithoutLinesHasASummary() {
        String c = database.collection(1);
        assertThat(summary(database.bulk(start(c).build())).getLines()).isZero();
    }
}
