package io.vectordb.common;

/**
 * The version of a record: the incarnation of its shard and the index of the log entry that wrote it, compared whole.
 *
 * <p>As one number it is {@code incarnation * 2^40 + logIndex}, which stays below 2^53 (and so exact in every language)
 * for 8,191 incarnations.
 */
public record Seq(long incarnation, long logIndex) implements Comparable<Seq> {

    private static final int LOG_INDEX_BITS = 40;
    private static final long MAX_LOG_INDEX = (1L << LOG_INDEX_BITS) - 1;

    public Seq {
        if (incarnation < 0 || incarnation > 8_191 || logIndex < 0 || logIndex > MAX_LOG_INDEX) {
            throw new IllegalArgumentException("incarnation " + incarnation + ", log index " + logIndex);
        }
    }

    public static Seq ofLong(long value) {
        return new Seq(value >>> LOG_INDEX_BITS, value & MAX_LOG_INDEX);
    }

    public long asLong() {
        return incarnation << LOG_INDEX_BITS | logIndex;
    }

    @Override
    public int compareTo(Seq other) {
        return Long.compare(asLong(), other.asLong());
    }
}
