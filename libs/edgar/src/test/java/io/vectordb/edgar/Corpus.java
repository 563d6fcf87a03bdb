package io.vectordb.edgar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Real filings beside the repository, where present. */
final class Corpus {

    private Corpus() {}

    /** The rows of a CSV file by column name. */
    static List<Map<String, String>> csv(Path file) {
        try {
            List<Map<String, String>> rows = new ArrayList<>();
            List<String> names = List.of();
            for (String line : Files.readAllLines(file)) {
                List<String> cells = cells(line);
                if (names.isEmpty()) {
                    names = cells;
                    continue;
                }
                Map<String, String> row = new HashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    row.put(names.get(i), i < cells.size() ? cells.get(i) : "");
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
