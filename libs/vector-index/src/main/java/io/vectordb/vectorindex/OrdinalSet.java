package io.vectordb.vectorindex;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A set of ordinals, a bit each, as a filter that knows how many pass: what a search needs for its plan, and few enough
 * of them are looked up instead of asked for.
 *
 * <p>Immutable and thread-safe.
 */
public final class OrdinalSet implements OrdinalFilter {

    private static final double TEST_NANOS = 1;

    private final long[] words;
    private final int cardinality;

    private OrdinalSet(long[] words) {
        this.words = words;
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        cardinality = count;
    }

    /** The set whose member {@code o} is bit {@code o % 64} of word {@code o / 64}; the array is copied. */
    public static OrdinalSet ofWords(long[] words) {
        return new OrdinalSet(words.clone());
    }

    /** Those of the ordinals {@code 0..size - 1} that match. */
    public static OrdinalSet matching(int size, IntPredicate predicate) {
        long[] words = new long[wordsFor(size)];
        for (int ordinal = 0; ordinal < size; ordinal++) {
            if (predicate.test(ordinal)) {
                words[ordinal >>> 6] |= 1L << ordinal;
            }
        }
        return new OrdinalSet(words);
    }

    /** These ordinals, in any order; doubles count once. */
    public static OrdinalSet of(int... ordinals) {
        int max = -1;
        for (int ordinal : ordinals) {
            if (ordinal < 0) {
                throw new IllegalArgumentException("expected an ordinal of at least 0, received " + ordinal);
            }
            max = Math.max(max, ordinal);
        }
        long[] words = new long[wordsFor(max + 1L)];
        for (int ordinal : ordinals) {
            words[ordinal >>> 6] |= 1L << ordinal;
        }
        return new OrdinalSet(words);
    }

    private static int wordsFor(long size) {
        return (int) ((size + Long.SIZE - 1) / Long.SIZE);
    }

    @Override
    public boolean test(int ordinal) {
        int word = ordinal >>> 6;
        return word < words.length && (words[word] >>> ordinal & 1) != 0;
    }

    /** How many ordinals are in the set. */
    public int cardinality() {
        return cardinality;
    }

    @Override
    public double testNanos() {
        return TEST_NANOS;
    }

    /** The least member that is at least {@code from}, or -1. */
    int next(int from) {
        int at = from >>> 6;
        if (at >= words.length) {
            return -1;
        }
        long word = words[at] & -1L << from;
        while (word == 0) {
            if (++at == words.length) {
                return -1;
            }
            word = words[at];
        }
        return (at << 6) + Long.numberOfTrailingZeros(word);
    }

    /** The words of the set, not to be written to. */
    long[] words() {
        return words;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OrdinalSet set && Arrays.equals(trimmed(), set.trimmed());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(trimmed());
    }

    private long[] trimmed() {
        int length = words.length;
        while (length > 0 && words[length - 1] == 0) {
            length--;
        }
        return length == words.length ? words : Arrays.copyOf(words, length);
    }
}
