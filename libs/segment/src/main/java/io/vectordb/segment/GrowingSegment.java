package io.vectordb.segment;

import com.google.protobuf.ByteString;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.MemoryBudget;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The segment of a shard that still takes writes: every record of the shard as its change feed tells them, in memory.
 *
 * <p>One thread applies changes in the order of the feed and publishes; any number of threads search {@link #view()}
 * meanwhile. A view shows the shard exactly as of its watermark, whatever is applied after: an older row stays until
 * nobody can see it, and each row knows from which version to which it is the newest of its key. So the changes of one
 * log entry become visible together.
 *
 * <p>Memory: the rows as they were parsed, {@code 4 * dimension} bytes a vector and the graphs. What is dead is not
 * given back before the segment is rebuilt.
 */
public final class GrowingSegment implements AutoCloseable {

    /** Stands in a row for a vector that its column holds, so that a filter can tell whether there is one. */
    private static final Value PRESENT =
            Value.newBuilder().setVectorValue(Vector.getDefaultInstance()).build();

    private final Map<String, VectorColumn> vectors = new LinkedHashMap<>();
    private final Rows rows = new Rows();
    private final Map<RecordKey, Integer> newest = new HashMap<>();
    private volatile SegmentView view;

    /** @param budget what the memory of vectors and graphs is taken from */
    public GrowingSegment(List<VectorFieldSpec> specs, MemoryBudget budget) {
        specs.forEach(spec -> vectors.put(spec.name(), new VectorColumn(spec, budget)));
        view = new SegmentView(rows, vectors, 0, 0, 0);
    }

    /**
     * Takes in one change. Writer only; seen after {@link #publish}.
     *
     * @param seq of the change; never lower than that of an earlier change of the same key
     * @param fields the whole record with its vectors as float32_le, or null where it was deleted
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}; the segment must not be written to any more
     *     then, while views of it stay good
     */
    public void apply(long seq, RecordKey key, @Nullable Fields fields) {
        Integer before = newest.get(key);
        if (before != null) {
            rows.end(before, seq);
        }
        if (fields == null) {
            newest.remove(key);
            return;
        }
        Fields.Builder withoutVectors = fields.toBuilder();
        vectors.keySet().stream()
                .filter(name -> vector(fields, name).isPresent())
                .forEach(name -> withoutVectors.putValues(name, PRESENT));
        int ordinal = rows.append(key, withoutVectors.build(), seq);
        newest.put(key, ordinal);
        vectors.forEach((name, column) -> vector(fields, name)
                .ifPresentOrElse(
                        bytes -> column.add(ordinal, VectorBytes.decode(bytes)), () -> column.addAbsent(ordinal)));
    }

    /** Shows everything applied so far, as the state of the shard at {@code watermark}. Writer only. */
    public void publish(long watermark) {
        view = new SegmentView(rows, vectors, rows.size(), newest.size(), watermark);
    }

    /**
     * Gives the memory of vectors and graphs back to the budget, once nothing will be applied any more. Views stay good:
     * the memory is freed with the last of them.
     */
    @Override
    public void close() {
        vectors.values().forEach(VectorColumn::close);
    }

    /** The newest published state. */
    public SegmentView view() {
        return view;
    }

    /** Rows alive and dead. Writer only; others ask a view. */
    public int ordinals() {
        return rows.size();
    }

    private static Optional<ByteString> vector(Fields fields, String name) {
        Value value = fields.getValuesMap().get(name);
        return value != null && value.hasVectorValue()
                ? Optional.of(value.getVectorValue().getFloat32Le())
                : Optional.empty();
    }
}
