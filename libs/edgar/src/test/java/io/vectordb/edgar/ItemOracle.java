package io.vectordb.edgar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Reports cut into items by others. */
final class ItemOracle {

    private static final Pattern MEMBER = Pattern.compile("\"(item_[^\"]+|filename)\": \"((?:[^\"\\\\]++|\\\\.)*+)\"");

    /** The non-empty items of a report by label. */
    record Report(String filename, Map<String, String> items) {}

    private ItemOracle() {}

    static List<Report> reports(Path file) throws IOException {
        List<Report> reports = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, String> items = new LinkedHashMap<>();
                String name = "";
                Matcher member = MEMBER.matcher(line);
                while (member.find()) {
                    String value = unescape(member.group(2));
                    if (member.group(1).equals("filename")) {
                        name = value;
                    } else if (!value.isBlank()) {
                        items.put(member.group(1).substring("item_".length()), value);
                    }
                }
                reports.add(new Report(name, items));
            }
        }
        return reports;
    }

    /** Share of the characters that get the label the oracle gave, over texts put together from the oracle's items. */
    static double agreement(Path file, String type) throws IOException {
        long same = 0;
        long total = 0;
        for (Report report : reports(file)) {
            StringBuilder text = new StringBuilder();
            List<Sections.Section> expected = new ArrayList<>();
            report.items().forEach((label, item) -> {
                text.append(text.isEmpty() ? "" : "\n");
                int from = text.length();
                text.append(String.join("\n", Lines.of(item)));
                expected.add(new Sections.Section(label, from, text.length()));
            });
            List<Sections.Section> found = Sections.of(text.toString(), type);
            for (Sections.Section item : expected) {
                for (Sections.Section section : found) {
                    boolean agrees = item.label() != null && item.label().equals(section.label());
                    int overlap = Math.min(item.to(), section.to()) - Math.max(item.from(), section.from());
                    same += agrees ? Math.max(0, overlap) : 0;
                }
                total += item.to() - item.from();
            }
        }
        System.out.printf(
                "%s: %.3f%% of %d characters in the items the oracle names%n", type, 100.0 * same / total, total);
        return (double) same / total;
    }

    private static String unescape(String json) {
        StringBuilder text = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            i++;
            switch (json.charAt(i)) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b', 'f' -> text.append(' ');
                case 'u' -> {
                    text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> text.append(json.charAt(i));
            }
        }
        return text.toString();
    }
}
