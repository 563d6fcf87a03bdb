package io.vectordb.segment;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.RowPredicate;
import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.SearchResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * A shard as it was at one position of its change feed. Immutable to its readers; any number of threads may search.
 *
 * <p>The index makes the plan, by how many records pass and what it costs to ask ({@link OrdinalFilter}), and never finds
 * less than there is for want of a path. A search that ends among more records of one distance than it looked at is
 * followed by an exact one, since ties fall by key.
 */
public final class SegmentView {

    /** Fewer records than this are always scanned: a walk would visit most of them anyway. */
    static final int SCAN_BELOW_RECORDS = 2_000;

    /** About what it takes to ask whether a row is alive, and to test its fields. */
    private static final double ALIVE_NANOS = 10;

    private static final double PREDICATE_NANOS = 150;
    /** Hits beyond k that are looked at so that ties at the end of the list fall by key; when all tie, more are. */
    private static final int TIE_ROOM = 16;

    private static final int TIE_GROWTH = 4;
    private static final int CANCEL_MASK = 1023;

    private static final Comparator<SegmentHit> NEAREST_FIRST =
            Comparator.comparingDouble(SegmentHit::distance).thenComparing(SegmentHit::key, RecordKeys.ORDER);

    private final Rows rows;
    private final Map<String, VectorColumn> vectors;
    private final int ordinals;
    private final int records;
    private final long watermark;

    SegmentView(Rows rows, Map<String, VectorColumn> vectors, int ordinals, int records, long watermark) {
        this.rows = rows;
        this.vectors = vectors;
        this.ordinals = ordinals;
        this.records = records;
        this.watermark = watermark;
    }

    /** The seq up to which every change is in this view, and none beyond. */
    public long watermark() {
        return watermark;
    }

    /** Live records. */
    public int records() {
        return records;
    }

    /** Rows, live and dead. */
    public int ordinals() {
        return ordinals;
    }

    public long vectorMemoryBytes() {
        return vectors.values().stream().mapToLong(VectorColumn::memoryBytes).sum();
    }

    /**
     * The nearest records that pass, nearest first, ties by key.
     *
     * @param cancelled asked now and then; when true the search ends with {@code CANCELLED}
     */
    public List<SegmentHit> search(VectorQuery query, Optional<RowPredicate> filter, BooleanSupplier cancelled) {
        VectorColumn column = vectors.get(query.field());
        if (column == null) {
            throw new VectorDbException(ErrorCode.UNKNOWN_FIELD, "there is no vector field " + query.field());
        }
        if (query.k() == 0) {
            return List.of();
        }
        OrdinalFilter passes = passing(filter, cancelled);
        int wanted = query.k() + TIE_ROOM;
        SearchResult found = isExact(query)
                ? column.index().searchExact(query.vector(), wanted, passes, cancelled)
                : column.index().search(query.vector(), wanted, Math.max(query.efSearch(), wanted), passes, cancelled);
        while (endsAmongTies(found, query.k(), wanted)) {
            wanted = (int) Math.min((long) wanted * TIE_GROWTH, column.index().size() + 1L);
            found = column.index().searchExact(query.vector(), wanted, passes, cancelled);
        }
        List<SegmentHit> hits = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            hits.add(hit(found.ordinals()[i], found.distances()[i]));
        }
        hits.sort(NEAREST_FIRST);
        return hits.size() <= query.k() ? hits : hits.subList(0, query.k());
    }

    private boolean isExact(VectorQuery query) {
        return query.exact() || records < SCAN_BELOW_RECORDS;
    }

    /** Whether the k-th nearest is as far as the last that was looked at, so that one with a lower key may be missing. */
    private static boolean endsAmongTies(SearchResult found, int k, int wanted) {
        double[] distances = found.distances();
        return found.size() == wanted && distances[k - 1] == distances[wanted - 1];
    }

    /** Asks for cancellation too: a filter that lets nothing pass would keep the search from asking. */
    private OrdinalFilter passing(Optional<RowPredicate> filter, BooleanSupplier cancelled) {
        int[] asked = {0};
        OrdinalFilter passes = ordinal -> {
            checkCancelled(asked[0]++, cancelled);
            return passes(ordinal, filter);
        };
        return filter.isPresent()
                ? passes.withEstimates(OrdinalFilter.UNKNOWN_SHARE, ALIVE_NANOS + PREDICATE_NANOS)
                : passes.withEstimates((double) records / Math.max(1, ordinals), ALIVE_NANOS);
    }

    /** How many live records pass. */
    public long count(Optional<RowPredicate> filter, BooleanSupplier cancelled) {
        if (filter.isEmpty()) {
            return records;
        }
        long count = 0;
        for (int ordinal = 0; ordinal < ordinals; ordinal++) {
            checkCancelled(ordinal, cancelled);
            if (passes(ordinal, filter)) {
                count++;
            }
        }
        return count;
    }

    /** The first {@code k} records that pass, in the order of the key. */
    public List<SegmentHit> first(int k, Optional<RowPredicate> filter, BooleanSupplier cancelled) {
        if (k == 0) {
            return List.of();
        }
        Comparator<SegmentHit> byKey = Comparator.comparing(SegmentHit::key, RecordKeys.ORDER);
        PriorityQueue<SegmentHit> last = new PriorityQueue<>(byKey.reversed());
        for (int ordinal = 0; ordinal < ordinals; ordinal++) {
            checkCancelled(ordinal, cancelled);
            if (passes(ordinal, filter)) {
                last.add(hit(ordinal, 0));
                if (last.size() > k) {
                    last.remove();
                }
            }
        }
        return last.stream().sorted(byKey).toList();
    }

    /**
     * The fields of a row. The vectors that are asked for are whole, as float32_le and as they came in; of the others
     * there is only an empty one that says that it is there.
     */
    public Fields fields(int ordinal, Collection<String> vectorFields) {
        Fields fields = rows.fields(ordinal);
        if (vectorFields.isEmpty()) {
            return fields;
        }
        Fields.Builder builder = fields.toBuilder();
        for (String name : vectorFields) {
            VectorColumn column = vectors.get(name);
            int node = column == null ? VectorColumn.NONE : column.node(ordinal);
            if (column != null && node != VectorColumn.NONE) {
                float[] vector = new float[column.spec().dimension()];
                column.index().vector(node, vector);
                builder.putValues(
                        name,
                        Value.newBuilder()
                                .setVectorValue(Vector.newBuilder().setFloat32Le(VectorBytes.encode(vector)))
                                .build());
            }
        }
        return builder.build();
    }

    private SegmentHit hit(int ordinal, double distance) {
        return new SegmentHit(ordinal, rows.key(ordinal), rows.birth(ordinal), distance);
    }

    private boolean passes(int ordinal, Optional<RowPredicate> filter) {
        return ordinal < ordinals
                && rows.isAlive(ordinal, watermark)
                && (filter.isEmpty() || filter.get().test(rows.fields(ordinal)));
    }

    private static void checkCancelled(int ordinal, BooleanSupplier cancelled) {
        if ((ordinal & CANCEL_MASK) == 0 && cancelled.getAsBoolean()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the search was given up");
        }
    }

    /** For tests and diagnosis: the keys of all live records. */
    List<RecordKey> liveKeys() {
        List<RecordKey> keys = new ArrayList<>();
        for (int ordinal = 0; ordinal < ordinals; ordinal++) {
            if (rows.isAlive(ordinal, watermark)) {
                keys.add(rows.key(ordinal));
            }
        }
        return keys;
    }
}
