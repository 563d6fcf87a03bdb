package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/**
 * Lines of the plain-text documents that were the rule until about 2000.
 *
 * <p>Lines broken at a fixed width are joined to paragraphs; tables and centred lines stay as they are. The few tags of
 * that format ({@code <PAGE>}, {@code <TABLE>}, {@code <CAPTION>}, {@code <S>}, {@code <C>}, {@code <FN>}) go.
 */
final class PlainText {

    private static final int FULL_LINE = 50;
    private static final int MAX_INDENT = 12;
    private static final Pattern PAGE = Pattern.compile("(?i)\\s*<PAGE>.*");
    private static final Pattern TABLE_START = Pattern.compile("(?i).*<TABLE>.*");
    private static final Pattern TABLE_END = Pattern.compile("(?i).*</TABLE>.*");
    private static final Pattern TAGS = Pattern.compile(
            "(?i)</?(?:PAGE|TABLE|CAPTION|S|C|FN|F\\d{1,2}|PRE|TEXT|HTML|BODY|HEAD|DIV|DOCUMENT|R|B|U|I)>");
    private static final Pattern COLUMNS = Pattern.compile("\\S(?: {3,}|\\t+)\\S");
    private static final Pattern STARTS_ANEW = Pattern.compile(
            "(?i)\\s*(?:item\\s+\\d|part\\s+[iv]+\\b|[-*\\u2022o]\\s|\\(?(?:[a-z]|\\d{1,2}|[ivx]{1,4})[.)]\\s).*");

    private PlainText() {}

    /** The lines; {@code dashEscaped} undoes the {@code "- "} that privacy-enhanced mail puts before lines with a dash. */
    static List<String> lines(String text, boolean dashEscaped) {
        List<String> raw = new ArrayList<>();
        boolean inTable = false;
        List<Boolean> tables = new ArrayList<>();
        for (String line : text.split("\\R", -1)) {
            String unescaped = dashEscaped && line.startsWith("- -") ? line.substring(2) : line;
            if (PAGE.matcher(unescaped).matches() || unescaped.indexOf('\f') >= 0) {
                raw.add(Lines.PAGE_BREAK);
                tables.add(true);
            }
            inTable = !TABLE_END.matcher(unescaped).matches()
                    && (inTable || TABLE_START.matcher(unescaped).matches());
            raw.add(plain(unescaped));
            tables.add(inTable);
        }
        return Lines.of(String.join("\n", joined(raw, tables)));
    }

    private static String plain(String line) {
        if (line.indexOf('<') < 0 && line.indexOf('&') < 0) {
            return line.stripTrailing();
        }
        Matcher page = PAGE.matcher(line);
        String withoutTags = page.matches() ? "" : TAGS.matcher(line).replaceAll(" ");
        return Parser.unescapeEntities(withoutTags, false).stripTrailing();
    }

    private static List<String> joined(List<String> raw, List<Boolean> tables) {
        List<String> paragraphs = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        String last = "";
        for (int i = 0; i < raw.size(); i++) {
            String line = raw.get(i);
            boolean continues = !paragraph.isEmpty() && !tables.get(i) && continues(last, line);
            if (!continues && !paragraph.isEmpty()) {
                paragraphs.add(paragraph.toString());
                paragraph.setLength(0);
            }
            paragraph.append(paragraph.isEmpty() ? "" : " ").append(line);
            last = line;
        }
        paragraphs.add(paragraph.toString());
        return paragraphs;
    }

    private static boolean continues(String last, String line) {
        if (hasNoWord(line) || hasNoWord(last) || last.length() < FULL_LINE) {
            return false;
        }
        int indent = indent(line);
        return indent <= MAX_INDENT
                && Math.abs(indent - indent(last)) <= 8
                && !STARTS_ANEW.matcher(line).matches()
                && !COLUMNS.matcher(line).find()
                && !COLUMNS.matcher(last).find();
    }

    private static boolean hasNoWord(String line) {
        return line.chars().noneMatch(Character::isLetterOrDigit);
    }

    private static int indent(String line) {
        int i = 0;
        while (i < line.length() && Character.isWhitespace(line.charAt(i))) {
            i++;
        }
        return i;
    }
}
