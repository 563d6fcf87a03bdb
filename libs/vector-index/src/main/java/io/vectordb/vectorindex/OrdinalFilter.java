package io.vectordb.vectorindex;

/**
 * Says which records may be results, by their ordinals.
 *
 * <p>Called on the searching thread; it must not search itself, since a thread has one set of search buffers.
 *
 * <p>A search makes its plan by how many records pass and what it costs to ask. What a filter does not know of that is
 * taken from a sample. {@link OrdinalSet} knows.
 */
@FunctionalInterface
public interface OrdinalFilter {

    /** Lets every record pass; recognised by identity, so that it costs nothing. */
    OrdinalFilter ALL = ordinal -> true;

    /** A {@link #passingShare} that is not known. */
    double UNKNOWN_SHARE = -1;

    boolean test(int ordinal);

    /** About which share of the vectors of the index passes, from 0 to 1, or {@link #UNKNOWN_SHARE}. */
    default double passingShare() {
        return UNKNOWN_SHARE;
    }

    /** About how many nanoseconds a test takes; a few, unless a filter knows better. */
    default double testNanos() {
        return 5;
    }

    /**
     * The same filter with what the caller knows of it; a wrong guess makes a search slower, not worse.
     *
     * @param passingShare as {@link #passingShare()}
     * @param testNanos as {@link #testNanos()}
     */
    default OrdinalFilter withEstimates(double passingShare, double testNanos) {
        return new EstimatedFilter(this, passingShare, testNanos);
    }
}
