package io.vectordb.gateway.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.Limits;
import io.vectordb.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    private static List<String> split(byte[] body, Random random) {
        LineSplitter splitter = new LineSplitter();
        List<LineSplitter.Line> lines = new ArrayList<>();
        for (int at = 0; at < body.length; ) {
            int length = Math.min(body.length - at, 1 + random.nextInt(7));
            lines.addAll(splitter.feed(Arrays.copyOfRange(body, at, at + length)));
            at += length;
        }
        lines.addAll(splitter.end());
        return lines.stream()
                .map(line -> line.number() + ":" + new String(line.text(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void linesAreNumberedWithBlankOnesLeftOutWhateverThePieces() {
        Random random = Seeds.random(LineSplitterTest.class);
        for (int i = 0; i < 200; i++) {
            assertThat(split("a\n\n bc \r\n \t\r\nd".getBytes(StandardCharsets.UTF_8), random))
                    .containsExactly("1:a", "3: bc \r", "5:d");
            assertThat(split("a\n".getBytes(StandardCharsets.UTF_8), random)).containsExactly("1:a");
        }
    }

    @Test
    void aLineOfTheWholeBoundIsKeptAndALongerOneSkipped() {
        LineSplitter splitter = new LineSplitter();
        byte[] body = ("x".repeat(Limits.RECORD_BYTES) + "\n" + "y".repeat(Limits.RECORD_BYTES + 1) + "\nz\n")
                .getBytes(StandardCharsets.UTF_8);
        List<LineSplitter.Line> lines = splitter.feed(body);
        assertThat(lines).extracting(LineSplitter.Line::isTooLong).containsExactly(false, true, false);
        assertThat(lines).extracting(LineSplitter.Line::number).containsExactly(1L, 2L, 3L);
        assertThat(splitter.end()).isEmpty();
    }
}
