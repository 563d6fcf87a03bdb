package io.vectordb.vectorindex;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The vectors of one field with an HNSW graph over them: grows by one at a time and is searched meanwhile.
 *
 * <p>Nodes are dense and numbered from 0 as vectors come in. Vectors are kept, and given back, bit for bit.
 *
 * <p>Threading: one thread adds while any number of threads search and read, without locks; see {@link HnswGraph} for
 * why that is sound. A search takes into account every node below {@link #size()} of when it began, and no other.
 * Search on platform threads of a pool: each keeps buffers of its own.
 *
 * <p>The walk compares in float32. Under {@link Metric#COSINE} the magnitude of vectors does not matter; under
 * {@link Metric#DOT} and {@link Metric#L2} components whose squares leave the range of a float make a walk, but neither
 * an exact search nor a reported distance, imprecise.
 */
public final class VectorIndex {

    private static final BooleanSupplier NEVER = () -> false;

    private final Metric metric;
    private final int dimension;
    private final VectorStore store;
    private final HnswGraph graph;
    private final HnswInserter inserter;
    private final ExactSearch exact;

    public VectorIndex(Metric metric, int dimension, HnswParameters parameters) {
        if (dimension < 1) {
            throw new IllegalArgumentException("expected a dimension of at least 1, received " + dimension);
        }
        this.metric = metric;
        this.dimension = dimension;
        store = new VectorStore(metric, dimension);
        graph = new HnswGraph(store, parameters);
        inserter = new HnswInserter(graph);
        exact = new ExactSearch(store);
    }

    public Metric metric() {
        return metric;
    }

    public int dimension() {
        return dimension;
    }

    /**
     * Adds a vector and returns its node; for the writer thread.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and nothing has changed then
     */
    public int add(float[] vector) {
        Vectors.validate(metric, dimension, vector);
        int node = store.append(vector);
        inserter.insert(node);
        return node;
    }

    /** The number of nodes; what is below it can be found. */
    public int size() {
        return graph.size();
    }

    /** Copies the vector of a node to the start of {@code out}. */
    public void vector(int node, float[] out) {
        Objects.checkIndex(node, size());
        store.get(node, out);
    }

    /** Searches without a way to cancel; see {@link #search(float[], int, int, NodeFilter, BooleanSupplier)}. */
    public SearchResult search(float[] query, int k, int efSearch, NodeFilter filter) {
        return search(query, k, efSearch, filter, NEVER);
    }

    /**
     * The {@code k} nearest nodes that pass the filter, found by a walk of the graph: nearly always the nearest, the
     * more so the wider the beam.
     *
     * <p>A beam as wide as the index is an exact search, and so is a walk that ended with fewer than {@code k}: either
     * no more pass, or the graph does not lead to them, as under {@link Metric#DOT} it may not lead to short vectors.
     * The result is therefore never shorter than it must be. The fewer nodes pass, the longer the walk: below a few
     * percent {@link #searchAmong} of those that do is cheaper.
     *
     * @param k at least 1; fewer are returned when fewer pass
     * @param efSearch beam width, raised to {@code k} when below
     * @param cancelled asked every few hundred vectors whether to give up
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and {@code CANCELLED}
     */
    public SearchResult search(float[] query, int k, int efSearch, NodeFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        long entry = graph.entry();
        int limit = graph.size();
        int ef = Math.max(k, efSearch);
        // Without an entry point the index was empty when this search began, whatever its size is by now.
        if (ef >= limit || entry == HnswGraph.NO_ENTRY) {
            return exact.search(query, k, limit, filter, new CancellationCheck(cancelled));
        }
        SearchScratch scratch = SearchScratch.local();
        scratch.ensureNodes(graph.parameters().maxDegree(0));
        scratch.query.prepare(store, query);
        CancellationCheck check = new CancellationCheck(cancelled);
        BeamSearch search = new BeamSearch(graph, scratch, limit, check);
        search.search(search.descend(entry, 0), 0, ef, filter);
        SearchResult result = search.nearest(k, filter);
        return result.size() < k ? exact.search(query, k, limit, filter, check) : result;
    }

    /** Searches without a way to cancel; see {@link #searchExact(float[], int, NodeFilter, BooleanSupplier)}. */
    public SearchResult searchExact(float[] query, int k, NodeFilter filter) {
        return searchExact(query, k, filter, NEVER);
    }

    /**
     * The {@code k} nearest nodes that pass the filter, found by comparing them all: exact in double precision,
     * although most are only compared in float32.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and {@code CANCELLED}
     */
    public SearchResult searchExact(float[] query, int k, NodeFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        return exact.search(query, k, graph.size(), filter, new CancellationCheck(cancelled));
    }

    /** Searches without a way to cancel; see {@link #searchAmong(float[], int, int[], int, BooleanSupplier)}. */
    public SearchResult searchAmong(float[] query, int k, int[] nodes, int count) {
        return searchAmong(query, k, nodes, count, NEVER);
    }

    /**
     * The {@code k} nearest of the first {@code count} of these nodes, exactly as {@link #searchExact} finds them. Best
     * in ascending order, which is that of memory; a node listed twice is found twice.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and {@code CANCELLED}
     */
    public SearchResult searchAmong(float[] query, int k, int[] nodes, int count, BooleanSupplier cancelled) {
        checkQuery(query, k);
        int limit = graph.size();
        for (int i = 0; i < count; i++) {
            Objects.checkIndex(nodes[i], limit);
        }
        return exact.searchAmong(query, k, nodes, count, new CancellationCheck(cancelled));
    }

    /** What vectors, norms and links occupy; search buffers of threads and a few hundred bytes of objects aside. */
    public long memoryBytes() {
        return store.memoryBytes() + graph.memoryBytes();
    }

    private void checkQuery(float[] query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("expected k of at least 1, received " + k);
        }
        Vectors.validate(metric, dimension, query);
    }
}
