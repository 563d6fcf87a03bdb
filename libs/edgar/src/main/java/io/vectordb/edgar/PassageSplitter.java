package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts normalised text into passages of about {@value #TARGET_WORDS} words.
 *
 * <p>A passage ends at the end of a paragraph if one lies in its last third, else at the end of a sentence, else at a table
 * cell or comma, else between words. Limits that always hold: {@value #MAX_WORDS} words, {@value #MAX_CHARS} characters,
 * {@value #MAX_PIECES} word pieces by {@link WordPieces}. A rest of fewer than {@value #MIN_WORDS} words is avoided by
 * sharing the end of a section between two passages. Linear in the length of the text.
 */
final class PassageSplitter {

    static final int TARGET_WORDS = 140;
    static final int MAX_WORDS = 180;
    static final int MAX_CHARS = 1_200;
    static final int MAX_PIECES = 220;
    static final int MIN_WORDS = 20;
    private static final int TOKEN_CHARS = 100;

    private static final byte INSIDE_TOKEN = 0;
    private static final byte WORD = 1;
    private static final byte CLAUSE = 2;
    private static final byte SENTENCE = 3;
    private static final byte LINE = 4;
    private static final Set<String> ABBREVIATIONS = Set.of(
            "inc.", "corp.", "co.", "ltd.", "no.", "nos.", "mr.", "mrs.", "ms.", "dr.", "jr.", "sr.", "st.", "vs.",
            "v.", "u.s.", "u.k.", "e.g.", "i.e.", "etc.", "l.p.", "n.a.", "d.c.", "art.", "sec.", "fig.", "approx.",
            "dept.", "rev.", "gen.");

    private final String text;
    private int[] starts = new int[1024];
    private int[] ends = new int[1024];
    private int[] pieces = new int[1024];
    private byte[] breaks = new byte[1024];
    private int size;

    private PassageSplitter(String text) {
        this.text = text;
    }

    /** Appends the passages of {@code text[from, to)} to a list, their ordinals following on. */
    static void split(String text, int from, int to, @Nullable String section, List<Passage> passages) {
        PassageSplitter splitter = new PassageSplitter(text);
        splitter.tokenize(from, to);
        int at = 0;
        while (at < splitter.size) {
            int end = splitter.endOfPassage(at);
            int charStart = splitter.starts[at];
            int charEnd = splitter.ends[end - 1];
            passages.add(new Passage(passages.size(), section, text.substring(charStart, charEnd), charStart, charEnd));
            at = end;
        }
    }

    /** All passages of a text cut at the given sections. */
    static List<Passage> split(String text, List<Sections.Section> sections) {
        List<Passage> passages = new ArrayList<>();
        for (Sections.Section section : sections) {
            split(text, section.from(), section.to(), section.label(), passages);
        }
        return passages;
    }

    private int endOfPassage(int from) {
        int fit = fit(from, TARGET_WORDS);
        if (fit == size) {
            return size;
        }
        if (size - from <= MAX_WORDS && fit(from, MAX_WORDS) == size) {
            return size;
        }
        int end = bestBreak(from + (fit - from) * 2 / 3, from + (fit - from) / 2, fit);
        if (size - end >= MIN_WORDS) {
            return end;
        }
        int low = Math.min(fit - 1, from + (size - from) / 3);
        return bestBreak(low, low, Math.min(fit, Math.max(low + 1, size - MIN_WORDS)));
    }

    /** The index behind the last token that keeps a passage within its limits; at least one token. */
    private int fit(int from, int words) {
        int sum = 0;
        int i = from;
        while (i < size && i - from < words) {
            sum += pieces[i];
            if (i > from && (sum > MAX_PIECES || ends[i] - starts[from] > MAX_CHARS)) {
                break;
            }
            i++;
        }
        return i;
    }

    private int bestBreak(int paragraphLow, int low, int high) {
        int at = lastBreak(paragraphLow, high, LINE);
        at = at < 0 ? lastBreak(low, high, SENTENCE) : at;
        at = at < 0 ? lastBreak(low, high, CLAUSE) : at;
        at = at < 0 ? lastBreak(low, high, WORD) : at;
        return at < 0 ? high : at;
    }

    private int lastBreak(int low, int high, byte quality) {
        for (int end = high; end > low; end--) {
            if (breaks[end - 1] >= quality) {
                return end;
            }
        }
        return -1;
    }

    private void tokenize(int from, int to) {
        int i = from;
        while (i < to) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\n') {
                if (c == '\n' && size > 0) {
                    breaks[size - 1] = LINE;
                }
                i++;
                continue;
            }
            int end = i;
            while (end < to && text.charAt(end) != ' ' && text.charAt(end) != '\n') {
                end++;
            }
            addToken(i, end, end < to ? text.charAt(end) : '\n', end + 1 < to ? text.charAt(end + 1) : '\n');
            i = end;
        }
    }

    private void addToken(int from, int to, char separator, char next) {
        int start = from;
        while (to - start > TOKEN_CHARS) {
            int cut = start + TOKEN_CHARS;
            cut -= Character.isHighSurrogate(text.charAt(cut - 1)) ? 1 : 0;
            // A piece for each character: what an estimate says of parts does not bound what it says of the whole.
            add(start, cut, INSIDE_TOKEN, cut - start);
            start = cut;
        }
        int estimate = start == from ? WordPieces.estimate(text, from, to) : to - start;
        add(start, to, separator == '\n' ? LINE : quality(start, to, next), estimate);
    }

    private byte quality(int from, int to, char next) {
        if (next == '|') {
            return INSIDE_TOKEN;
        }
        int last = to - 1;
        while (last > from && "\"')\u201D\u2019]".indexOf(text.charAt(last)) >= 0) {
            last--;
        }
        char c = text.charAt(last);
        if (c == '!' || c == '?' || c == '.' && !Character.isLowerCase(next) && !isAbbreviation(from, to)) {
            return SENTENCE;
        }
        return c == ',' || c == ';' || c == ':' || c == '|' ? CLAUSE : WORD;
    }

    private boolean isAbbreviation(int from, int to) {
        int letters = to - from;
        return letters <= 2 && Character.isLetter(text.charAt(from))
                || letters <= 7
                        && ABBREVIATIONS.contains(text.substring(from, to).toLowerCase(Locale.ROOT));
    }

    private void add(int from, int to, byte quality, int estimate) {
        if (size == starts.length) {
            int capacity = size * 2;
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            pieces = Arrays.copyOf(pieces, capacity);
            breaks = Arrays.copyOf(breaks, capacity);
        }
        starts[size] = from;
        ends[size] = to;
        pieces[size] = estimate;
        breaks[size] = quality;
        size++;
    }
}
