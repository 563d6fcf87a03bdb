package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Lines of extracted text and what is not worth keeping of them: rules, page numbers, running heads.
 *
 * <p>A line that is a form feed marks the end of a page.
 */
final class Lines {

    static final String PAGE_BREAK = "\f";
    private static final int NEAR = 2;
    private static final int RUNNING_HEAD_CHARS = 120;
    private static final int RUNNING_HEAD_PAGES = 4;
    private static final Pattern PAGE_NUMBER = Pattern.compile(
            "(?i)[-\\s]*(?:page\\s*)?(?:[A-Z]{1,2}-)?(?:\\d{1,4}|[ivxl]{1,6})(?:\\s+of\\s+\\d{1,4})?[-\\s]*");
    private static final Pattern CONTENTS_LINK =
            Pattern.compile("(?i)(?:(?:back|return) to )?(?:table of contents|contents|index to .{0,30})");
    private static final Pattern NAVIGATION = Pattern.compile("(?i)(?:(?:back|return) to )?table of contents");
    private static final Pattern ITEM_OR_PART = Pattern.compile("(?i)(?:item|part|signature).*");
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private Lines() {}

    /** Splits at line feeds, cleans each line and leaves out blank ones and rules. */
    static List<String> of(CharSequence text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '\n') {
                add(lines, text.subSequence(from, i).toString());
                from = i + 1;
            }
        }
        return lines;
    }

    /** Whether there is no text among the lines. */
    static boolean isBlank(List<String> lines) {
        return lines.stream().allMatch(PAGE_BREAK::equals);
    }

    private static void add(List<String> lines, String raw) {
        if (raw.equals(PAGE_BREAK)) {
            lines.add(PAGE_BREAK);
            return;
        }
        String line = shortenLeaders(Characters.cleanLine(raw));
        if (!isRule(line)) {
            lines.add(line);
        }
    }

    /** Four or more equal dots, dashes and the like in a row, also with blanks between them, become three. */
    private static String shortenLeaders(String line) {
        StringBuilder shorter = new StringBuilder(line.length());
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            int end = i + 1;
            int marks = 1;
            if ("._=*-".indexOf(c) >= 0) {
                int next = nextMark(line, i, c);
                while (next > 0) {
                    end = next + 1;
                    marks++;
                    next = nextMark(line, next, c);
                }
            }
            if (marks > 3) {
                shorter.append(c).append(c).append(c);
            } else {
                shorter.append(line, i, end);
            }
            i = end;
        }
        return shorter.toString().strip();
    }

    /** Index of the same mark directly after or one blank further; -1 without one. */
    private static int nextMark(String line, int at, char mark) {
        if (at + 1 < line.length() && line.charAt(at + 1) == mark) {
            return at + 1;
        }
        return at + 2 < line.length() && line.charAt(at + 1) == ' ' && line.charAt(at + 2) == mark ? at + 2 : -1;
    }

    /** Whether a line has no more than dots, dashes and bars. */
    private static boolean isRule(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (" ._=*-|~+\u00B7\u2022\u2013\u2014".indexOf(line.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Joins the lines to the normalised text, without page numbers beside page ends, links back to the contents, and lines
     * that stand beside a third of the page ends, and at least {@value #RUNNING_HEAD_PAGES}, alike but for digits.
     */
    static String join(List<String> lines) {
        Set<Integer> nearBreaks = nearBreaks(lines);
        Map<String, Integer> heads = new HashMap<>();
        for (int i : nearBreaks) {
            heads.merge(shape(lines.get(i)), 1, Integer::sum);
        }
        long pages = lines.stream().filter(PAGE_BREAK::equals).count();
        long enough = Math.max(RUNNING_HEAD_PAGES, pages / 3);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean dropped = line.equals(PAGE_BREAK)
                    || NAVIGATION.matcher(line).matches()
                    || nearBreaks.contains(i) && isFurniture(line, heads.getOrDefault(shape(line), 0) >= enough);
            if (!dropped) {
                text.append(text.isEmpty() ? "" : "\n").append(line);
            }
        }
        return text.toString();
    }

    private static boolean isFurniture(String line, boolean runs) {
        if (PAGE_NUMBER.matcher(line).matches() || CONTENTS_LINK.matcher(line).matches()) {
            return true;
        }
        return runs
                && line.length() <= RUNNING_HEAD_CHARS
                && !ITEM_OR_PART.matcher(line).matches();
    }

    private static String shape(String line) {
        return DIGITS.matcher(line.toLowerCase(Locale.ROOT)).replaceAll("0");
    }

    private static Set<Integer> nearBreaks(List<String> lines) {
        Set<Integer> near = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals(PAGE_BREAK)) {
                for (int j = Math.max(0, i - NEAR); j <= Math.min(lines.size() - 1, i + NEAR); j++) {
                    if (!lines.get(j).equals(PAGE_BREAK)) {
                        near.add(j);
                    }
                }
            }
        }
        return near;
    }
}
