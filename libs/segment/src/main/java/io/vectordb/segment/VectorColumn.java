package io.vectordb.segment;

import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.MemoryBudget;
import java.util.Optional;

/**
 * One vector field of a segment: its index and the nodes of its ordinals, since a record may lack the vector.
 *
 * <p>One writer, many readers, as {@link Rows}.
 */
final class VectorColumn {

    private static final int NONE = -1;

    private final VectorFieldSpec spec;
    private final GrowingVectorIndex index;
    private final IntChunks ordinalToNode = new IntChunks();

    VectorColumn(VectorFieldSpec spec, MemoryBudget budget) {
        this.spec = spec;
        this.index =
                new GrowingVectorIndex(spec.metric(), spec.dimension(), spec.parameters(), spec.quantization(), budget);
    }

    VectorFieldSpec spec() {
        return spec;
    }

    GrowingVectorIndex index() {
        return index;
    }

    /** Writer only. */
    void add(int ordinal, float[] vector) {
        ordinalToNode.set(ordinal, index.add(ordinal, vector));
    }

    /** Writer only. */
    void addAbsent(int ordinal) {
        ordinalToNode.set(ordinal, NONE);
    }

    /** The vector of a row, where it has one. */
    Optional<float[]> vector(int ordinal) {
        int node = ordinalToNode.get(ordinal);
        if (node == NONE) {
            return Optional.empty();
        }
        float[] vector = new float[spec.dimension()];
        index.vector(node, vector);
        return Optional.of(vector);
    }

    /** Gives the memory of the index back to its budget; writer only, and last. */
    void close() {
        index.close();
    }

    long memoryBytes() {
        return index.memoryBytes() + ordinalToNode.memoryBytes();
    }
}
