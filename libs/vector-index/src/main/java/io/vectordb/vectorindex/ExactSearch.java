package io.vectordb.vectorindex;

/**
 * Search by comparison with every candidate.
 *
 * <p>A vector is compared in float32 first, and in double precision only when the rounding error leaves it a chance to
 * be among the {@code k} nearest. So the order and the distances are those of double precision, at the speed of
 * float32.
 */
final class ExactSearch {

    private static final int BATCH = 64;

    private final HnswGraph graph;
    private final VectorStore store;

    ExactSearch(HnswGraph graph, VectorStore store) {
        this.graph = graph;
        this.store = store;
    }

    /** The nearest of the nodes that pass the filter. */
    SearchResult search(float[] query, int k, OrdinalFilter filter, CancellationCheck check) {
        SearchScratch scratch = SearchScratch.local();
        scratch.ensure(BATCH);
        scratch.query.prepare(store, query);
        scratch.resetTop(k);
        int limit = graph.allocated();
        int count = 0;
        for (int node = 0; node < limit; node++) {
            if (graph.isLive(node) && (filter == OrdinalFilter.ALL || filter.test(graph.ordinal(node)))) {
                scratch.setNode(count++, node);
            }
            if (count == BATCH) {
                compare(scratch, count, check);
                count = 0;
            }
        }
        compare(scratch, count, check);
        return scratch.top.drain(check.visited());
    }

    private void compare(SearchScratch scratch, int count, CancellationCheck check) {
        if (count == 0) {
            return;
        }
        store.distances(scratch.query, scratch.nodes(), count, scratch.distances());
        check.visit(count);
        for (int i = 0; i < count; i++) {
            if (scratch.distance(i) <= scratch.bound()) {
                int node = scratch.node(i);
                scratch.offerTop(store, scratch.query.distance(store, node), graph.ordinal(node));
            }
        }
    }
}
