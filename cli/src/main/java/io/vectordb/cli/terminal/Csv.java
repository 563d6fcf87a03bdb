package io.vectordb.cli.terminal;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of comma-separated values after RFC 4180. */
public final class Csv {

    private Csv() {}

    public static String line(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
    }

    private static String cell(String text) {
        boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
