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
 * <p>A filter makes the plan: where few records pass (judged by a sample) the passing ones are measured one by one; else
 * the graph is walked with the filter asked per candidate. A walk that comes back with fewer hits than asked for is
 * followed by a full scan (by the index itself), so that a search never finds less than there is for want of a path; and
 * so is one that ends among more records of one distance than it looked at, since ties fall by key.
 */
public final class SegmentView {

    /** Below this share of passing records a scan of them beats a walk among the others. */
    static final double SCAN_BELOW_SHARE = 0.10;
    /** Fewer records than this are always scanned: a walk would visit most of them anyway. */
    static final int SCAN_BELOW_RECORDS = 2_000;

    private static final int SAMPLE = 256;
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
        SearchResult found = isScanned(query, filter)
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

    private boolean isScanned(VectorQuery query, Optional<RowPredicate> filter) {
        return query.exact() || records < SCAN_BELOW_RECORDS || passingShare(filter) < SCAN_BELOW_SHARE;
    }

    /** Whether the k-th nearest is as far as the last that was looked at, so that one with a lower key may be missing. */
    private static boolean endsAmongTies(SearchResult found, int k, int wanted) {
        double[] distances = found.distances();
        return found.size() == wanted && distances[k - 1] == distances[wanted - 1];
    }

    /** Asks for cancellation too: a filter that lets nothing pass would keep the search from asking. */
    private OrdinalFilter passing(Optional<RowPredicate> filter, BooleanSupplier cancelled) {
        int[] asked = {0};
        return ordinal -> {
            checkCancelled(asked[0]++, cancelled);
            return passes(ordinal, filter);
        };
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

    /** The share of all rows that are alive and pass, from an even sample. */
    private double passingShare(Optional<RowPredicate> filter) {
        int step = Math.max(1, ordinals / SAMPLE);
        int asked = 0;
        int passed = 0;
        for (int ordinal = step / 2; ordinal < ordinals; ordinal += step) {
            asked++;
            if (passes(ordinal, filter)) {
                passed++;
            }
        }
        return asked == 0 ? 0 : (double) passed / asked;
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
