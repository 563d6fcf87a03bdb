package io.vectordb.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of text: a head, rows, columns as wide as their widest cell.
 *
 * <p>Cells are one line each: control characters become spaces. The last column is not padded, so that no line ends in
 * white space. A terminal gets lines of its width at most; a pipe gets everything.
 */
public final class TextTable {

    private static final String GAP = "  ";
    private static final int SHORTEST_CELL = 8;

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(List<String> head) {
        this.head = List.copyOf(head);
    }

    public TextTable add(List<String> row) {
        if (row.size() != head.size()) {
            throw new IllegalArgumentException("expected " + head.size() + " cells, received " + row.size());
        }
        rows.add(row.stream().map(TextTable::oneLine).toList());
        return this;
    }

    /** The lines for a console: cut to its width where it is a terminal. */
    public List<String> lines(Console console) {
        return console.outIsTerminal() ? lines(console.width()) : lines(Integer.MAX_VALUE);
    }

    private List<String> lines(int width) {
        int[] widths = new int[head.size()];
        for (List<String> row : all()) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        shrink(widths, width);
        return all().stream().map(row -> line(row, widths)).toList();
    }

    private List<List<String>> all() {
        List<List<String>> all = new ArrayList<>();
        all.add(head);
        all.addAll(rows);
        return all;
    }

    /** Takes from the widest column until the line fits or nothing is left to take. */
    private static void shrink(int[] widths, int width) {
        long over = -(long) width + (long) GAP.length() * (widths.length - 1);
        for (int each : widths) {
            over += each;
        }
        while (over > 0) {
            int widest = 0;
            for (int column = 1; column < widths.length; column++) {
                widest = widths[column] > widths[widest] ? column : widest;
            }
            if (widths[widest] <= SHORTEST_CELL) {
                return;
            }
            widths[widest]--;
            over--;
        }
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cut(row.get(column), widths[column]);
            line.append(column == 0 ? "" : GAP).append(cell);
            line.repeat(' ', Math.max(0, widths[column] - cell.length()));
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String cell, int width) {
        return cell.length() <= width ? cell : cell.substring(0, Math.max(0, width - 1)) + "…";
    }

    private static String oneLine(String cell) {
        return cell.replaceAll("\\p{Cntrl}+", " ");
    }
}
