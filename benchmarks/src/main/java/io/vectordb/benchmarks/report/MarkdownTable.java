package io.vectordb.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** A table of Markdown that is also readable as it stands: columns padded, numbers to the right. */
final class MarkdownTable {

    private final List<List<String>> rows = new ArrayList<>();

    MarkdownTable(String... header) {
        rows.add(List.of(header));
    }

    void add(List<String> row) {
        if (row.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "expected " + rows.getFirst().size() + " columns, received " + row.size());
        }
        rows.add(List.copyOf(row));
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = IntStream.range(0, columns)
                .map(column -> Math.max(
                        3,
                        rows.stream()
                                .mapToInt(row -> row.get(column).length())
                                .max()
                                .orElse(0)))
                .toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            appendRow(text, rows.get(i), widths);
            if (i == 0) {
                List<String> rule = new ArrayList<>(Collections.nCopies(columns, ""));
                IntStream.range(0, columns)
                        .forEach(column -> rule.set(
                                column, column == 0 ? "-".repeat(widths[0]) : "-".repeat(widths[column] - 1) + ":"));
                appendRow(text, rule, widths);
            }
        }
        return text.toString();
    }

    private static void appendRow(StringBuilder text, List<String> row, int[] widths) {
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            String pad = " ".repeat(widths[column] - cell.length());
            text.append("| ").append(column == 0 ? cell + pad : pad + cell).append(' ');
        }
        text.append("|\n");
    }
}
