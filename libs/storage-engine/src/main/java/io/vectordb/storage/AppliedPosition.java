package io.vectordb.storage;

/**
 * The last log entry that a store holds the effects of.
 *
 * @param term the term of the entry
 * @param index its index in the log; {@code -1} before the first
 */
public record AppliedPosition(long term, long index) {

    /** Nothing is applied yet. */
    public static final AppliedPosition NONE = new AppliedPosition(0, -1);

    public AppliedPosition {
        if (term < 0 || index < -1) {
            throw new IllegalArgumentException("term " + term + ", index " + index);
        }
    }
}
