package io.vectordb.cli.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnswersTest {

    @Test
    void aProblemBecomesOneLineThenTextAndCaretThenTheHint() {
        CliException error = Problem.read(400, """
                {"status": 400, "code": "FILTER_SYNTAX", "detail": "filter, column 7: expected a value, found =",
                 "errors": [{"pointer": "#/filter", "context": "form == '10-K'\\n      ^", "hint": "equality is a single ="}]}
                """).toException();
        assertThat(error).hasMessage("filter, column 7: expected a value, found = (FILTER_SYNTAX)");
        assertThat(error.details()).containsExactly("  form == '10-K'", "        ^", "hint: equality is a single =");
        assertThat(error.exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void anInternalErrorTellsItsTraceId() {
        CliException error = Problem.read(500, "{\"code\": \"INTERNAL\", \"detail\": \"x\", \"trace_id\": \"4bf9\"}")
                .toException();
        assertThat(error.details()).containsExactly("trace id: 4bf9");
    }

    @Test
    void whatIsNoProblemIsAStatus() {
        assertThat(Problem.read(502, "<html>").toException()).hasMessage("the server answered 502");
    }

    @Test
    void aBulkAnswerHasItsFailuresAndItsSummary() {
        BulkAnswer answer = BulkAnswer.read(new RestAnswer(200, """
                {"line": 1, "key": "n1", "outcome": "created", "seq": 812}
                {"line": 2, "key": "n2", "outcome": "refused", "error": {"code": "TEXT_TOO_LONG", "message": "612 tokens"}}
                {"summary": {"lines": 2, "succeeded": 1, "failed": 1}}
                """));
        assertThat(answer.succeeded()).isEqualTo(1);
        assertThat(answer.failures()).containsExactly(new BulkAnswer.Failure(2, "TEXT_TOO_LONG", "612 tokens"));
    }

    @Test
    void aBulkAnswerWithoutSummaryWasCut() {
        assertThatThrownBy(() -> BulkAnswer.read(new RestAnswer(200, "{\"line\": 1, \"outcome\": \"created\"}\n{\"li")))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TIMED_OUT));
    }

    @Test
    void aFaultOfTheWholeStreamIsItsError() {
        assertThatThrownBy(() -> BulkAnswer.read(new RestAnswer(
                        200, "{\"error\": {\"status\": 507, \"code\": \"DISK_FULL\", \"detail\": \"no room\"}}")))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OVERLOADED))
                .hasMessage("no room (DISK_FULL)");
    }

    @Test
    void requestIdsBeginWithTheirTime() {
        UUID id = RequestIds.of(0x0123_4567_89ABL, -1, -1);
        assertThat(id).hasToString("01234567-89ab-7fff-bfff-ffffffffffff");
        assertThat(RequestIds.of(1, 0, 0).variant()).isEqualTo(2);
    }

    @Test
    void numbersKeepTheirDigits() {
        String text = "{\"a\":12345678901234567890,\"b\":1.10,\"c\":0.1}";
        assertThat(Json.write(Json.parse(text))).isEqualTo(text);
    }
}
