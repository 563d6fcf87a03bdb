package io.vectordb.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MessageTest {

    @Test
    void aLineIsReadAsItWasWritten() {
        Message message = new Message("search")
                .with("ef", 10)
                .with("out", "a file=with blanks")
                .with("path", "");
        assertThat(Message.parse(message.line())).isEqualTo(message);
        assertThat(message.line()).isEqualTo("search\tef=10\tout=a file=with blanks\tpath=");
    }

    @Test
    void valuesNeverBreakTheLine() {
        assertThat(new Message("error").with("message", "a\tb\r\nc").line()).isEqualTo("error\tmessage=a b c");
    }

    @Test
    void malformedLinesAndMissingValuesAreNamed() {
        assertThatThrownBy(() -> Message.parse("built\tnothing")).hasMessageContaining("received nothing");
        assertThatThrownBy(() -> new Message("built").number("seconds")).hasMessageContaining("value of seconds");
    }
}
