package io.vectordb.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    private static Console console(boolean terminal, int width) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true);
        return new Console(nowhere, nowhere, terminal, terminal, width);
    }

    @Test
    void columnsAreAsWideAsTheirWidestCellAndLinesEndWithoutBlanks() {
        TextTable table = new TextTable(List.of("name", "n"))
                .add(List.of("filings", "12"))
                .add(List.of("x", ""));
        assertThat(table.lines(console(false, 80))).containsExactly("name     n", "filings  12", "x");
    }

    @Test
    void aTerminalCutsWhatAPipeGetsWhole() {
        String wide = "w".repeat(200);
        TextTable table = new TextTable(List.of("a", "b")).add(List.of("short", wide));
        assertThat(table.lines(console(false, 80)).get(1)).endsWith(wide);
        assertThat(table.lines(console(true, 80)).get(1)).hasSize(80).endsWith("…");
    }

    @Test
    void aCellIsOneLine() {
        TextTable table = new TextTable(List.of("a")).add(List.of("one\ntwo\tthree"));
        assertThat(table.lines(console(false, 80)).get(1)).isEqualTo("one two three");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        TextTable table = new TextTable(List.of("a", "b"));
        assertThatThrownBy(() -> table.add(List.of("1"))).hasMessage("expected 2 cells, received 1");
    }
}
