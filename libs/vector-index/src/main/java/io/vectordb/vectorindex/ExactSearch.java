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
    private final OrdinalOrder order;

    ExactSearch(HnswGraph graph, VectorStore store, OrdinalOrder order) {
        this.graph = graph;
        this.store = store;
        this.order = order;
    }

    /** The nearest records that pass the filter. */
    SearchResult search(float[] query, int k, OrdinalFilter filter, CancellationCheck check) {
        SearchScratch scratch = SearchScratch.local();
        scratch.query.prepare(store, query);
        scratch.resetTop(k);
        offerAll(scratch, Double.POSITIVE_INFINITY, filter, check);
        return scratch.top.drain(check.visited());
    }

    /** Offers all nodes that pass the filter and are no farther than the radius to the top of the scratch. */
    void offerAll(SearchScratch scratch, double radius, OrdinalFilter filter, CancellationCheck check) {
        scratch.passing.begin(graph, order, filter);
        offerRest(scratch, radius, scratch.query.walkBound(store, radius), check);
    }

    /** Offers, likewise, the nodes that the passing nodes of the scratch have not come to yet. */
    void offerRest(SearchScratch scratch, double radius, float reach, CancellationCheck check) {
        scratch.ensure(BATCH);
        PassingNodes passing = scratch.passing;
        for (int count = passing.next(scratch, BATCH, check); count > 0; count = passing.next(scratch, BATCH, check)) {
            check.visit(count);
            offer(scratch, count, radius, reach);
        }
    }

    /** Offers those of the first nodes of the scratch that are no farther than the radius. */
    void offer(SearchScratch scratch, int count, double radius, float reach) {
        store.distances(scratch.query, scratch.nodes(), count, scratch.distances());
        for (int i = 0; i < count; i++) {
            if (scratch.distance(i) <= Math.min(reach, scratch.bound())) {
                int node = scratch.node(i);
                double distance = scratch.query.distance(store, node);
                if (distance <= radius) {
                    scratch.offerTop(store, distance, graph.ordinal(node));
                }
            }
        }
    }
}
