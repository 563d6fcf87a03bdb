package io.vectordb.segment;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.SearchResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * A shard as it was at one position of its change feed. Immutable to its readers; any number of threads may search.
 *
 * <p>Each of its segments is searched, and what they find is merged.
 */
public final class SegmentView {

    private static final Comparator<SegmentHit> NEAREST_FIRST =
            Comparator.comparingDouble(SegmentHit::distance).thenComparing(SegmentHit::key, RecordKeys.ORDER);

    private static final Comparator<SegmentHit> BY_KEY = Comparator.comparing(SegmentHit::key, RecordKeys.ORDER);

    private final List<PartView> parts;
    private final List<VectorFieldSpec> fields;
    private final long watermark;
    private final int records;

    /**
     * What one segment of a view holds: the changes behind {@code fromSeq}, up to {@code toSeq}.
     *
     * @param rows alive and dead
     * @param memoryBytes of vectors, codes and graphs
     * @param mappedBytes of files
     */
    public record Segment(
            long fromSeq, long toSeq, Place place, int rows, int live, long memoryBytes, long mappedBytes) {}

    /** Where a segment is. */
    public enum Place {
        /** In memory, and it took writes when the view was made. */
        GROWING,
        /** In memory, sealed; not in files yet. */
        MEMORY,
        FILES
    }

    SegmentView(List<PartView> parts, List<VectorFieldSpec> fields, long watermark) {
        this.parts = parts;
        this.fields = fields;
        this.watermark = watermark;
        this.records = parts.stream().mapToInt(PartView::live).sum();
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
        return parts.stream().mapToInt(PartView::ordinals).sum();
    }

    /** Segments, the growing one included. */
    public int segments() {
        return parts.size();
    }

    /** Its segments, the oldest first; the last one is growing. */
    public List<Segment> segmentList() {
        List<Segment> list = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            PartView part = parts.get(i);
            SegmentPart segment = part.segment();
            boolean last = i == parts.size() - 1;
            // Ranges follow each other without a hole.
            long toSeq = last ? watermark : parts.get(i + 1).segment().fromSeq();
            Place place = segment instanceof SealedSegment ? Place.FILES : last ? Place.GROWING : Place.MEMORY;
            list.add(new Segment(
                    segment.fromSeq(),
                    toSeq,
                    place,
                    part.ordinals(),
                    part.live(),
                    segment.vectorMemoryBytes(),
                    segment.mappedBytes()));
        }
        return list;
    }

    /** What vectors, codes and graphs occupy in memory. */
    public long vectorMemoryBytes() {
        return parts.stream()
                .mapToLong(part -> part.segment().vectorMemoryBytes())
                .sum();
    }

    /** What of segment files is mapped. */
    public long mappedBytes() {
        return parts.stream().mapToLong(part -> part.segment().mappedBytes()).sum();
    }

    /**
     * The nearest records that pass, nearest first, ties by key.
     *
     * @param cancelled asked now and then; when true the search ends with {@code CANCELLED}
     */
    public List<SegmentHit> search(VectorQuery query, Optional<RowFilter> filter, BooleanSupplier cancelled) {
        VectorFieldSpec field = field(query.field())
                .orElseThrow(() ->
                        new VectorDbException(ErrorCode.UNKNOWN_FIELD, "there is no vector field " + query.field()));
        if (query.k() == 0) {
            return List.of();
        }
        List<SegmentHit> hits = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            SearchResult found = parts.get(part).search(field, query, watermark, filter, cancelled);
            for (int i = 0; found != null && i < found.size(); i++) {
                hits.add(hit(part, found.ordinals()[i], found.distances()[i]));
            }
        }
        hits.sort(NEAREST_FIRST);
        return hits.size() <= query.k() ? hits : hits.subList(0, query.k());
    }

    /** How many live records pass. */
    public long count(Optional<RowFilter> filter, BooleanSupplier cancelled) {
        if (filter.isEmpty()) {
            return records;
        }
        return parts.stream()
                .mapToLong(part -> part.count(watermark, filter.get(), cancelled))
                .sum();
    }

    /** The first {@code k} records that pass, in the order of the key. */
    public List<SegmentHit> first(int k, Optional<RowFilter> filter, BooleanSupplier cancelled) {
        if (k == 0) {
            return List.of();
        }
        PriorityQueue<SegmentHit> last = new PriorityQueue<>(BY_KEY.reversed());
        for (int i = 0; i < parts.size(); i++) {
            int part = i;
            parts.get(i).forEach(watermark, filter, cancelled, ordinal -> {
                last.add(hit(part, ordinal, 0));
                if (last.size() > k) {
                    last.remove();
                }
            });
        }
        return last.stream().sorted(BY_KEY).toList();
    }

    /**
     * The fields of a record that this view found. The vectors that are asked for are whole, as float32_le and as they
     * came in; of the others there is only an empty one that says that it is there.
     */
    public Fields fields(SegmentHit hit, Collection<String> vectorFields) {
        SegmentPart segment = parts.get(hit.part()).segment();
        Fields fields = segment.fields(hit.ordinal());
        if (vectorFields.isEmpty()) {
            return fields;
        }
        Fields.Builder builder = fields.toBuilder();
        for (String name : vectorFields) {
            field(name)
                    .flatMap(field -> segment.vector(field, hit.ordinal()))
                    .ifPresent(vector -> builder.putValues(
                            name,
                            Value.newBuilder()
                                    .setVectorValue(Vector.newBuilder().setFloat32Le(VectorBytes.encode(vector)))
                                    .build()));
        }
        return builder.build();
    }

    /** Whether records may have this vector field, as far as this view knows. */
    boolean hasField(String name) {
        return field(name).isPresent();
    }

    private Optional<VectorFieldSpec> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    private SegmentHit hit(int part, int ordinal, double distance) {
        SegmentPart segment = parts.get(part).segment();
        return new SegmentHit(part, ordinal, segment.key(ordinal), segment.birth(ordinal), distance);
    }

    /** For tests and diagnosis: the keys of all live records. */
    List<RecordKey> liveKeys() {
        List<RecordKey> keys = new ArrayList<>();
        for (PartView part : parts) {
            part.forEach(
                    watermark,
                    Optional.empty(),
                    () -> false,
                    ordinal -> keys.add(part.segment().key(ordinal)));
        }
        return keys;
    }
}
