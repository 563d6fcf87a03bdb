package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The path to a field, as it stands in {@code Compare.field} and its like: names joined by dots, in double quotes where
 * they are reserved words or hold anything but ASCII letters, digits and {@code _}.
 *
 * <p>A name in quotes means the field spelt exactly so; one without also means the only field that is equal but for
 * case. After {@link FilterResolver} every name is spelt exactly as its field.
 */
public record FieldRef(List<Step> steps) {

    /**
     * One name of a path.
     *
     * @param quoted whether it stood in double quotes
     */
    public record Step(String name, boolean quoted) {}

    public FieldRef {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a path has at least one name");
        }
    }

    /** The path of these names, spelt exactly so. */
    public static FieldRef of(String... names) {
        return new FieldRef(Stream.of(names).map(name -> new Step(name, false)).toList());
    }

    /**
     * Reads a path. Names that should stand in quotes are read without them too, as far as they have no dot.
     *
     * @throws VectorDbException INVALID_VALUE for an empty name, a quote that is not closed, or text after one that is
     */
    public static FieldRef parse(String text) {
        List<Step> steps = new ArrayList<>(2);
        int at = 0;
        do {
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            int end = quoted ? closingQuote(text, at) + 1 : nextDot(text, at);
            String raw = text.substring(at, end);
            if (raw.isEmpty() || (end < text.length() && text.charAt(end) != '.') || (!quoted && raw.contains("\""))) {
                throw invalid(text);
            }
            String name = quoted ? raw.substring(1, raw.length() - 1).replace("\"\"", "\"") : raw;
            steps.add(new Step(name, quoted));
            at = end + 1;
        } while (at <= text.length());
        return new FieldRef(steps);
    }

    /** The path as text, which {@link #parse} reads; quotes stay as they were, and are added where needed. */
    public String text() {
        return steps.stream()
                .map(step -> step.quoted() ? Words.doubleQuoted(step.name()) : Words.name(step.name()))
                .collect(Collectors.joining("."));
    }

    /** The names, without quotes. */
    public List<String> names() {
        return steps.stream().map(Step::name).toList();
    }

    private static int nextDot(String text, int from) {
        int dot = text.indexOf('.', from);
        return dot < 0 ? text.length() : dot;
    }

    private static int closingQuote(String text, int from) {
        int end = from + 1;
        while (true) {
            end = text.indexOf('"', end);
            if (end < 0) {
                throw invalid(text);
            }
            if (end + 1 >= text.length() || text.charAt(end + 1) != '"') {
                return end;
            }
            end += 2;
        }
    }

    private static VectorDbException invalid(String text) {
        return new VectorDbException(
                ErrorCode.INVALID_VALUE, Words.quoted(Words.brief(text)) + " is not a path of names joined by dots");
    }
}
