package io.vectordb.segment;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.OrdinalSet;
import io.vectordb.vectorindex.SearchResult;
import io.vectordb.vectorindex.VectorIndex;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One segment as a view shows it.
 *
 * @param ordinals its rows, alive and dead; rows beyond came later
 * @param live those alive
 */
record PartView(SegmentPart segment, int ordinals, int live) {

    /** Fewer records than this are always scanned: a walk would visit most of them anyway. */
    static final int SCAN_BELOW_RECORDS = 2_000;

    /** About what it takes to ask whether a row is alive. */
    private static final double ALIVE_NANOS = 10;

    /** Hits beyond k that are looked at so that ties at the end of the list fall by key; when all tie, more are. */
    private static final int TIE_ROOM = 16;

    private static final int TIE_GROWTH = 4;
    private static final int CANCEL_MASK = 1023;

    /** Writer only. */
    static PartView of(SegmentPart segment) {
        return new PartView(segment, segment.ordinals(), segment.live());
    }

    /**
     * The nearest rows that pass; all with the distance of the k-th, or more, so that ties may fall by key.
     *
     * <p>The index makes the plan, by how many records pass and what it costs to ask ({@link OrdinalFilter}), and never
     * finds less than there is for want of a path. A search that ends among more records of one distance than it looked
     * at is followed by an exact one.
     */
    @Nullable
    SearchResult search(
            VectorFieldSpec field,
            VectorQuery query,
            long watermark,
            Optional<RowFilter> filter,
            BooleanSupplier cancelled) {
        VectorIndex index = segment.vectors(field).orElse(null);
        if (index == null || live == 0) {
            return null;
        }
        try {
            OrdinalFilter passes = passing(watermark, filter, cancelled);
            int wanted = query.k() + TIE_ROOM;
            SearchResult found = query.exact() || live < SCAN_BELOW_RECORDS
                    ? index.searchExact(query.vector(), wanted, passes, cancelled)
                    : index.search(query.vector(), wanted, Math.max(query.efSearch(), wanted), passes, cancelled);
            while (endsAmongTies(found, query.k(), wanted)) {
                wanted = (int) Math.min((long) wanted * TIE_GROWTH, index.size() + 1L);
                found = index.searchExact(query.vector(), wanted, passes, cancelled);
            }
            return found;
        } finally {
            // Its files may be given back as soon as nobody can reach it.
            Reference.reachabilityFence(segment);
        }
    }

    /** Whether the k-th nearest is as far as the last that was looked at, so that one with a lower key may be missing. */
    private static boolean endsAmongTies(SearchResult found, int k, int wanted) {
        double[] distances = found.distances();
        return found.size() == wanted && distances[k - 1] == distances[wanted - 1];
    }

    /** Asks for cancellation too: a filter that lets nothing pass would keep the search from asking. */
    private OrdinalFilter passing(long watermark, Optional<RowFilter> filter, BooleanSupplier cancelled) {
        if (filter.isEmpty() && live == ordinals && segment instanceof SealedSegment) {
            return OrdinalFilter.ALL;
        }
        int[] asked = {0};
        if (filter.isEmpty()) {
            OrdinalFilter alive = ordinal -> {
                checkCancelled(asked[0]++, cancelled);
                return isAlive(ordinal, watermark);
            };
            return alive.withEstimates((double) live / Math.max(1, ordinals), ALIVE_NANOS);
        }
        OrdinalFilter rows = segment.passing(filter.get(), cancelled);
        if (live == ordinals && segment instanceof SealedSegment) {
            return rows;
        }
        OrdinalFilter passes = ordinal -> {
            checkCancelled(asked[0]++, cancelled);
            return isAlive(ordinal, watermark) && rows.test(ordinal);
        };
        return passes.withEstimates(rows.passingShare(), ALIVE_NANOS + rows.testNanos());
    }

    private boolean isAlive(int ordinal, long watermark) {
        return ordinal < ordinals && segment.isAlive(ordinal, watermark);
    }

    /** How many rows are alive and pass. */
    long count(long watermark, RowFilter filter, BooleanSupplier cancelled) {
        OrdinalFilter passes = segment.passing(filter, cancelled);
        if (live == ordinals && segment instanceof SealedSegment && passes instanceof OrdinalSet set) {
            return set.cardinality();
        }
        long[] count = {0};
        forEach(watermark, passes, cancelled, _ -> count[0]++);
        return count[0];
    }

    /** Each row that is alive and passes. */
    void forEach(long watermark, Optional<RowFilter> filter, BooleanSupplier cancelled, IntConsumer each) {
        forEach(
                watermark,
                filter.map(asked -> segment.passing(asked, cancelled)).orElse(OrdinalFilter.ALL),
                cancelled,
                each);
    }

    private void forEach(long watermark, OrdinalFilter passes, BooleanSupplier cancelled, IntConsumer each) {
        for (int ordinal = 0; ordinal < ordinals; ordinal++) {
            checkCancelled(ordinal, cancelled);
            if (segment.isAlive(ordinal, watermark) && passes.test(ordinal)) {
                each.accept(ordinal);
            }
        }
    }

    private static void checkCancelled(int asked, BooleanSupplier cancelled) {
        if ((asked & CANCEL_MASK) == 0 && cancelled.getAsBoolean()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the search was given up");
        }
    }
}
