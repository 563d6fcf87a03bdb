package io.vectordb.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pattern of LIKE, ready to be matched with many texts.
 *
 * <p>The pieces between the {@code %} are found from left to right, each at its first place, which suffices since a
 * later place leaves less room for the rest. Each is found without going back: by the automaton of Knuth, Morris and
 * Pratt (1977), or with {@code _} in it by the bit-parallel one of Baeza-Yates and Gonnet (1992).
 *
 * <p>Cost: linear in the text, times one more for every 64 characters of a piece that holds {@code _}. Immutable.
 */
final class LikeMatcher {

    /** Stands in a piece for any one code point. */
    private static final int ANY = -1;

    private final LikePiece first;
    private final LikePiece last;
    private final List<LikePiece> middle;
    /** Without a {@code %}, {@link #first} is the whole. */
    private final boolean whole;

    private LikeMatcher(List<LikePiece> pieces) {
        this.first = pieces.getFirst();
        this.last = pieces.getLast();
        this.whole = pieces.size() == 1;
        this.middle = whole
                ? List.of()
                : pieces.subList(1, pieces.size() - 1).stream()
                        .filter(piece -> piece.length() > 0)
                        .toList();
    }

    /** What is wrong with a pattern; empty: nothing. */
    static String fault(String pattern, String escape) {
        if (escape.codePointCount(0, escape.length()) > 1) {
            return "expected one escape character, found " + Words.brief(Words.quoted(escape));
        }
        if (escape.isEmpty()) {
            return "";
        }
        int escaping = escape.codePointAt(0);
        int[] points = pattern.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            if (points[i] == escaping) {
                i++;
                boolean sound = i < points.length && (points[i] == '%' || points[i] == '_' || points[i] == escaping);
                if (!sound) {
                    return "nothing to escape behind the escape character " + Words.quoted(escape);
                }
            }
        }
        return "";
    }

    /** Of a pattern without a {@link #fault}; {@code escape} is empty or one character. */
    static LikeMatcher of(String pattern, String escape, boolean ignoreCase) {
        int escaping = escape.isEmpty() ? Integer.MIN_VALUE : escape.codePointAt(0);
        int[] points = pattern.codePoints().toArray();
        List<LikePiece> pieces = new ArrayList<>();
        IntStream.Builder piece = IntStream.builder();
        for (int i = 0; i < points.length; i++) {
            int point = points[i];
            if (point == escaping && i + 1 < points.length) {
                piece.add(points[++i]);
            } else if (point == '%') {
                pieces.add(LikePiece.of(piece.build().toArray(), ignoreCase));
                piece = IntStream.builder();
            } else {
                piece.add(point == '_' ? ANY : point);
            }
        }
        pieces.add(LikePiece.of(piece.build().toArray(), ignoreCase));
        return new LikeMatcher(pieces);
    }

    boolean matches(String text) {
        int at = first.matchAt(text, 0);
        if (whole || at < 0) {
            return at == text.length();
        }
        int limit = last.startAtEnd(text);
        if (limit < at || last.matchAt(text, limit) != text.length()) {
            return false;
        }
        for (LikePiece piece : middle) {
            at = piece.find(text, at, limit);
            if (at < 0) {
                return false;
            }
        }
        return true;
    }
}
