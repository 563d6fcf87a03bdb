package io.vectordb.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "10s,10000", "1.5s,1500", "5m,300000", "1h,3600000"})
    void durationsAreReadAsPeopleWriteThem(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "0s", "1d", "10 s"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"4200,4.2 s", "185000,3 min 5 s", "7380000,2 h 3 min", "187200000,2 d 4 h"})
    void durationsAreShownInTwoUnits(long millis, String text) {
        assertThat(Durations.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void linesBreakBetweenWordsAndInsideThoseThatAreTooLong() {
        assertThat(Wrap.lines("supply  chain\ndisruption", 12)).containsExactly("supply chain", "disruption");
        assertThat(Wrap.lines("a bcdefghij k", 4)).containsExactly("a", "bcde", "fghi", "j k");
        assertThat(Wrap.lines("  ", 10)).isEmpty();
    }

    @Test
    void cellsOfCsvAreQuotedWhereTheyMustBe() {
        assertThat(Csv.line(List.of("a", "b,c", "d\"e", "f\ng"))).isEqualTo("a,\"b,c\",\"d\"\"e\",\"f\ng\"");
    }

    @ParameterizedTest
    @CsvSource({
        "400,REFUSED", "401,NOT_ALLOWED", "404,NOT_FOUND", "409,CONFLICT", "413,REFUSED", "429,OVERLOADED",
        "500,INTERNAL", "501,USAGE", "503,NO_SERVER", "504,TIMED_OUT", "507,OVERLOADED", "418,INTERNAL"
    })
    void everyStatusHasAnExitCode(int status, ExitCode expected) {
        assertThat(ExitCode.ofStatus(status)).isEqualTo(expected);
    }
}
