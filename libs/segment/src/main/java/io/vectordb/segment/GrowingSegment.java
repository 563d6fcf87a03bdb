package io.vectordb.segment;

import com.google.protobuf.ByteString;
import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.VectorIndex;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A segment that takes writes, in memory, until it is sealed.
 *
 * <p>Rows that a later one of the same key replaced stay, so that a view shows the shard exactly as of its watermark
 * whatever is applied after.
 *
 * <p>Memory: the rows as they were parsed, {@code 4 * dimension} bytes a vector and the graphs.
 */
final class GrowingSegment implements SegmentPart, AutoCloseable {

    /** Stands in a row for a vector that its column holds, so that a filter can tell whether there is one. */
    private static final Value PRESENT =
            Value.newBuilder().setVectorValue(Vector.getDefaultInstance()).build();

    /** About what the list of deletions takes for one, beside the key. */
    private static final int DELETE_BYTES = 32;

    /** About what it takes to test the fields of a row. */
    private static final double PREDICATE_NANOS = 150;

    private final long fromSeq;
    private final Map<String, VectorColumn> vectors = new LinkedHashMap<>();
    private final Rows rows = new Rows();
    private final Map<RecordKey, Integer> newest = new HashMap<>();
    private final Map<RecordKey, Long> deletes = new HashMap<>();
    private int live;
    private long rowBytes;

    /** @param budget what the memory of vectors and graphs is taken from */
    GrowingSegment(long fromSeq, List<VectorFieldSpec> specs, MemoryBudget budget) {
        this.fromSeq = fromSeq;
        specs.forEach(spec -> vectors.put(spec.name(), new VectorColumn(spec, budget)));
    }

    /**
     * Takes in the newest version of a record. Writer only.
     *
     * @param fields the whole record with its vectors as float32_le
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}; the segment must not be written to any more
     *     then, while views of it stay good
     */
    void add(long seq, RecordKey key, Fields fields) {
        Fields.Builder withoutVectors = fields.toBuilder();
        vectors.keySet().stream()
                .filter(name -> vector(fields, name).isPresent())
                .forEach(name -> withoutVectors.putValues(name, PRESENT));
        Fields row = withoutVectors.build();
        int ordinal = rows.append(key, row, seq);
        rowBytes += row.getSerializedSize();
        live++;
        newest.put(key, ordinal);
        deletes.remove(key);
        vectors.forEach((name, column) -> vector(fields, name)
                .ifPresentOrElse(
                        bytes -> column.add(ordinal, VectorBytes.decode(bytes)), () -> column.addAbsent(ordinal)));
    }

    /**
     * Notes that a record was deleted, where older segments may have it; which row that ended is told by {@link #end}.
     * Writer only.
     */
    void delete(long seq, RecordKey key) {
        if (fromSeq > 0 && deletes.put(key, seq) == null) {
            rowBytes += key.getSerializedSize() + DELETE_BYTES;
        }
    }

    @Override
    public long fromSeq() {
        return fromSeq;
    }

    @Override
    public int ordinals() {
        return rows.size();
    }

    @Override
    public int live() {
        return live;
    }

    /** Rows, alive and dead, and deletions of records that older segments may have. */
    int changes() {
        return rows.size() + deletes.size();
    }

    /** The size of the rows, dead ones included, without vectors, and of deletions, about as they would be stored. */
    long rowBytes() {
        return rowBytes;
    }

    @Override
    public RecordKey key(int ordinal) {
        return rows.key(ordinal);
    }

    @Override
    public byte[] keyBytes(int ordinal) {
        return RecordKeys.encode(rows.key(ordinal));
    }

    @Override
    public Fields fields(int ordinal) {
        return rows.fields(ordinal);
    }

    @Override
    public long birth(int ordinal) {
        return rows.birth(ordinal);
    }

    @Override
    public long death(int ordinal) {
        return rows.death(ordinal);
    }

    @Override
    public OrdinalFilter passing(RowFilter filter, BooleanSupplier cancelled) {
        OrdinalFilter passes = ordinal -> filter.predicate().test(rows.fields(ordinal));
        return passes.withEstimates(OrdinalFilter.UNKNOWN_SHARE, PREDICATE_NANOS);
    }

    @Override
    public Optional<? extends VectorIndex> vectors(VectorFieldSpec field) {
        return column(field).map(VectorColumn::index);
    }

    /** The index of a field, for the segment that this one becomes part of. */
    GrowingVectorIndex growingVectors(VectorFieldSpec field) {
        return Objects.requireNonNull(vectors.get(field.name()), field.name()).index();
    }

    @Override
    public Optional<float[]> vector(VectorFieldSpec field, int ordinal) {
        return column(field).flatMap(column -> column.vector(ordinal));
    }

    private Optional<VectorColumn> column(VectorFieldSpec field) {
        return Optional.ofNullable(vectors.get(field.name()))
                .filter(column -> column.spec().dimension() == field.dimension()
                        && column.spec().metric() == field.metric());
    }

    @Override
    public int find(RecordKey key, byte[] keyBytes) {
        return newest.getOrDefault(key, NONE);
    }

    @Override
    public void end(int ordinal, long seq) {
        rows.end(ordinal, seq);
        live--;
    }

    @Override
    public void deletes(ObjLongConsumer<RecordKey> each) {
        deletes.forEach(each::accept);
    }

    @Override
    public long vectorMemoryBytes() {
        return vectors.values().stream().mapToLong(VectorColumn::memoryBytes).sum();
    }

    @Override
    public long mappedBytes() {
        return 0;
    }

    /**
     * Gives the memory of vectors and graphs back to the budget, once nothing will be applied any more. Views stay good:
     * the memory is freed with the last of them.
     */
    @Override
    public void close() {
        vectors.values().forEach(VectorColumn::close);
    }

    private static Optional<ByteString> vector(Fields fields, String name) {
        @Nullable Value value = fields.getValuesMap().get(name);
        return value != null && value.hasVectorValue()
                ? Optional.of(value.getVectorValue().getFloat32Le())
                : Optional.empty();
    }
}
