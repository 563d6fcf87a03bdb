package io.vectordb.benchmarks.engine;

import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.OrdinalFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Our growing index of vectors that have numbers of their own and are removed by them. For one thread. */
public final class ReplacingIndex implements AutoCloseable {

    private final GrowingVectorIndex index;
    private final Map<Integer, Integer> nodes = new HashMap<>();

    public ReplacingIndex(EngineSettings settings) {
        index = OwnEngine.empty(settings, true);
    }

    public void add(int id, float[] vector) {
        nodes.put(id, index.add(id, vector));
    }

    /** Removes a vector that is there. */
    public void remove(int id) {
        index.remove(Objects.requireNonNull(nodes.remove(id), "a vector that is there"));
    }

    public int[] search(float[] query, int ef, int k) {
        return index.search(query, k, ef, OrdinalFilter.ALL).ordinals();
    }

    public long memoryBytes() {
        return index.memoryBytes();
    }

    @Override
    public void close() {
        index.close();
    }
}
