package io.vectordb.query;

import java.util.HashMap;
import java.util.Map;

/** What stands between two {@code %} of a LIKE pattern: code points, of which -1 is any. Immutable. */
final class LikePiece {

    /** Up to here, the search of the JDK costs no more than its constant factor. */
    private static final int SHORT = 64;

    private static final long[] NONE = {};

    private final int[] points;
    private final boolean ignoreCase;
    private final boolean wild;
    /** The piece as text, where the JDK's search may look for it; else empty. */
    private final String plain;
    /** By length of a matched beginning: the length of the longest that is also its end. Of a piece without -1. */
    private final int[] borders;
    /** By code point: the places of the piece where it fits, as bits. Of a piece with -1. */
    private final Map<Integer, long[]> fits;
    /** The places where any code point fits. */
    private final long[] anyFits;

    private LikePiece(int[] points, boolean ignoreCase) {
        this.points = points;
        this.ignoreCase = ignoreCase;
        boolean any = false;
        for (int i = 0; i < points.length; i++) {
            any |= points[i] < 0;
            points[i] = points[i] < 0 ? points[i] : folded(points[i]);
        }
        this.wild = any;
        this.plain = any || ignoreCase || points.length > SHORT ? "" : new String(points, 0, points.length);
        this.borders = any ? new int[0] : borders(points);
        this.anyFits = any ? new long[(points.length + Long.SIZE - 1) / Long.SIZE] : NONE;
        this.fits = any ? fits(points, anyFits) : Map.of();
    }

    /** Takes the array as its own. */
    static LikePiece of(int[] points, boolean ignoreCase) {
        return new LikePiece(points, ignoreCase);
    }

    int length() {
        return points.length;
    }

    /** Where the piece ends if it stands at {@code from}; else -1. */
    int matchAt(String text, int from) {
        int at = from;
        for (int point : points) {
            if (at >= text.length()) {
                return -1;
            }
            int found = text.codePointAt(at);
            if (point >= 0 && point != folded(found)) {
                return -1;
            }
            at += Character.charCount(found);
        }
        return at;
    }

    /** Where the piece would begin if it stood at the end; -1 where the text is too short. */
    int startAtEnd(String text) {
        int at = text.length();
        for (int i = 0; i < points.length; i++) {
            if (at == 0) {
                return -1;
            }
            at -= Character.charCount(text.codePointBefore(at));
        }
        return at;
    }

    /** Where the first occurrence between {@code from} and {@code to} ends; -1 where there is none. */
    int find(String text, int from, int to) {
        if (!plain.isEmpty()) {
            int found = text.indexOf(plain, from, to);
            return found < 0 ? -1 : found + plain.length();
        }
        return wild ? findWild(text, from, to) : findLong(text, from, to);
    }

    private int findLong(String text, int from, int to) {
        int matched = 0;
        int at = from;
        while (at < to) {
            int found = text.codePointAt(at);
            at += Character.charCount(found);
            int folded = folded(found);
            while (matched > 0 && points[matched] != folded) {
                matched = borders[matched - 1];
            }
            if (points[matched] == folded && ++matched == points.length) {
                return at;
            }
        }
        return -1;
    }

    private int findWild(String text, int from, int to) {
        long[] state = new long[anyFits.length];
        int lastWord = state.length - 1;
        long complete = 1L << ((points.length - 1) % Long.SIZE);
        int at = from;
        while (at < to) {
            int found = text.codePointAt(at);
            at += Character.charCount(found);
            long[] fit = fits.getOrDefault(folded(found), anyFits);
            long carry = 1;
            for (int word = 0; word <= lastWord; word++) {
                long shifted = (state[word] << 1) | carry;
                carry = state[word] >>> (Long.SIZE - 1);
                state[word] = shifted & fit[word];
            }
            if ((state[lastWord] & complete) != 0) {
                return at;
            }
        }
        return -1;
    }

    private int folded(int point) {
        return ignoreCase ? Character.toLowerCase(Character.toUpperCase(point)) : point;
    }

    private static int[] borders(int[] points) {
        int[] borders = new int[points.length];
        int border = 0;
        for (int i = 1; i < points.length; i++) {
            while (border > 0 && points[border] != points[i]) {
                border = borders[border - 1];
            }
            if (points[border] == points[i]) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }

    private static Map<Integer, long[]> fits(int[] points, long[] anyFits) {
        for (int i = 0; i < points.length; i++) {
            if (points[i] < 0) {
                anyFits[i / Long.SIZE] |= 1L << (i % Long.SIZE);
            }
        }
        Map<Integer, long[]> fits = new HashMap<>();
        for (int i = 0; i < points.length; i++) {
            if (points[i] >= 0) {
                fits.computeIfAbsent(points[i], point -> anyFits.clone())[i / Long.SIZE] |= 1L << (i % Long.SIZE);
            }
        }
        return fits;
    }
}
