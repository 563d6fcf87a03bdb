package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.List;

/** Puts the cells of a table row on one line. */
final class TableRow {

    private TableRow() {}

    /**
     * The cells with {@code " | "} between them, empty ones left out. A currency sign joins the number after it, a closing
     * bracket or per cent sign the one before it, a bullet or box the text after it. A row of one cell or with more than
     * {@code maxChars} characters keeps its line breaks.
     */
    static String join(String row, char cellMark, char softBreak, int maxChars) {
        List<String> cells = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= row.length(); i++) {
            if (i == row.length() || row.charAt(i) == cellMark) {
                String cell = trim(row.substring(from, i), softBreak);
                if (!cell.isEmpty()) {
                    cells.add(cell);
                }
                from = i + 1;
            }
        }
        boolean keepsLines = row.length() > maxChars || cells.size() == 1;
        StringBuilder line = new StringBuilder(row.length());
        String previous = "";
        for (String cell : cells) {
            line.append(separator(previous, cell, row.length() > maxChars)).append(cell);
            previous = cell;
        }
        return line.toString().replace(softBreak, keepsLines ? '\n' : ' ');
    }

    private static String separator(String before, String cell, boolean layout) {
        if (before.isEmpty()) {
            return "";
        }
        if (isOpening(before) || cell.startsWith(")") || cell.startsWith("%")) {
            return "";
        }
        if (isMark(before)) {
            return " ";
        }
        return layout ? "\n" : " | ";
    }

    private static boolean isOpening(String cell) {
        return switch (cell) {
            case "$", "(", "$(", "($", "\u20AC", "\u00A3", "\u00A5" -> true;
            default -> false;
        };
    }

    private static boolean isMark(String cell) {
        return cell.length() == 1 && "\u2022\u00B7\u25AA\u25CF\u25CB\u25E6\u2610\u2611\u2612\u2013-*".contains(cell)
                || cell.equals("[ ]")
                || cell.equals("[X]")
                || cell.equals("[x]");
    }

    private static String trim(String cell, char softBreak) {
        int from = 0;
        int to = cell.length();
        while (from < to && isBlank(cell.charAt(from), softBreak)) {
            from++;
        }
        while (to > from && isBlank(cell.charAt(to - 1), softBreak)) {
            to--;
        }
        return cell.substring(from, to);
    }

    private static boolean isBlank(char c, char softBreak) {
        return c == ' ' || c == '\n' || c == softBreak;
    }
}
