package io.vectordb.segment;

import io.vectordb.vectorindex.VectorIndex;

/**
 * One vector field of a segment: its index and the map between nodes and ordinals, since a record may lack the vector.
 *
 * <p>One writer, many readers, as {@link Rows}.
 */
final class VectorColumn {

    static final int NONE = -1;

    private final VectorFieldSpec spec;
    private final VectorIndex index;
    private final IntChunks nodeToOrdinal = new IntChunks();
    private final IntChunks ordinalToNode = new IntChunks();

    VectorColumn(VectorFieldSpec spec) {
        this.spec = spec;
        this.index = new VectorIndex(spec.metric(), spec.dimension(), spec.parameters());
    }

    VectorFieldSpec spec() {
        return spec;
    }

    VectorIndex index() {
        return index;
    }

    /** Writer only. The map is complete before the index shows the node to anybody. */
    void add(int ordinal, float[] vector) {
        int node = index.size();
        nodeToOrdinal.set(node, ordinal);
        ordinalToNode.set(ordinal, node);
        index.add(vector);
    }

    /** Writer only. */
    void addAbsent(int ordinal) {
        ordinalToNode.set(ordinal, NONE);
    }

    int ordinal(int node) {
        return nodeToOrdinal.get(node);
    }

    int node(int ordinal) {
        return ordinalToNode.get(ordinal);
    }

    long memoryBytes() {
        return index.memoryBytes() + nodeToOrdinal.memoryBytes() + ordinalToNode.memoryBytes();
    }
}
