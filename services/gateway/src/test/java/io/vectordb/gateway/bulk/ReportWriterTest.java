package io.vectordb.gateway.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.json.JsonWriter;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportWriterTest {

    private static final WriteResult SUCCESS = WriteResult.newBuilder()
            .setOutcome(WriteResult.Outcome.CREATED)
            .setTag("t".repeat(200))
            .build();
    private static final WriteResult FAILURE = WriteResult.newBuilder()
            .setOutcome(WriteResult.Outcome.REFUSED)
            .setError(ItemError.newBuilder().setCode("TYPE_MISMATCH").setMessage("m".repeat(200)))
            .build();

    private final ReportWriter report = new ReportWriter(
            JsonWriter.NUMBERS,
            BulkStart.Report.ALL,
            (json, error) -> json.writeString(error.code().name()));

    private List<String> read() {
        StringBuilder text = new StringBuilder();
        report.lines().toIterable().forEach(piece -> text.append(new String(piece, StandardCharsets.UTF_8)));
        return text.toString().lines().toList();
    }

    @Test
    void successesThatNobodyReadsAreLeftOutAndFailuresAreKept() {
        int count = 60_000;
        for (int line = 1; line <= count; line++) {
            report.result(line, line % 100 == 0 ? FAILURE : SUCCESS);
        }
        report.summary(BulkSummary.newBuilder().setLines(count).build());
        List<String> lines = read();
        assertThat(lines.stream().filter(line -> line.contains("created"))).hasSizeBetween(10_000, 50_000);
        assertThat(lines.stream().filter(line -> line.contains("refused"))).hasSize(count / 100);
        assertThat(lines.getLast()).contains("\"lines\":60000").contains("\"report\":\"failed\"");
    }

    @Test
    void tooManyUnreadFailuresEndTheCall() {
        assertThatThrownBy(() -> {
                    for (int line = 1; line < 1_000_000; line++) {
                        report.result(line, FAILURE);
                    }
                })
                .isInstanceOf(VectorDbException.class)
                .hasMessageContaining("unread");
    }

    @Test
    void aFailureIsTheLastLineOnceThereAreLines() {
        report.result(1, SUCCESS);
        report.flush();
        report.failure(new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "gone"));
        assertThat(read().getLast()).isEqualTo("{\"error\":\"SHARD_UNAVAILABLE\"}");
    }

    @Test
    void aFailureBeforeAnyLineIsTheCallsOwn() {
        report.failure(new VectorDbException(ErrorCode.COLLECTION_NOT_FOUND, "none"));
        assertThatThrownBy(this::read).hasMessage("none");
    }
}
