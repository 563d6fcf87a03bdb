package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;

/**
 * An {@link ExactSearch} that reads the codes of all candidates, and the vectors of those alone that the error of their
 * codes leaves a chance: a fraction of the memory, and as good as exact. Where most have a chance, as far from the query
 * where much is as far, it stops reading codes.
 */
final class CodeScan {

    private static final int BATCH = 256;
    /** Standard deviations that a code's estimate is trusted to lie within: a scan has many more than a beam to read. */
    private static final float TRUSTED_DEVIATIONS = 2;
    /** Nodes after which it is judged whether codes rule out enough: among the first nearly all are compared. */
    private static final int JUDGED_FROM = 4 * BATCH;
    /** The share of vectors to compare above which it costs less to compare all than to read the codes first. */
    private static final double WORTHLESS = 0.6;
    /** By how much the error of a code may exceed all before; vectors of one field are of one kind. */
    private static final float MARGIN_ROOM = 1.5f;

    private final HnswGraph graph;
    private final VectorStore store;
    private final OrdinalOrder order;
    private final ExactSearch exact;

    CodeScan(HnswGraph graph, VectorStore store, OrdinalOrder order, ExactSearch exact) {
        this.graph = graph;
        this.store = store;
        this.order = order;
        this.exact = exact;
    }

    /** Offers the nodes that pass the filter and are no farther than the radius to the top of the scratch. */
    void offerAll(
            SearchScratch scratch, double radius, OrdinalFilter filter, NodeScorer scorer, CancellationCheck check) {
        if (!(scorer instanceof CodeStore codes)) {
            exact.offerAll(scratch, radius, filter, check);
            return;
        }
        scratch.ensure(BATCH);
        float reach = scratch.query.walkBound(store, radius);
        float margin = 0;
        int read = 0;
        int compared = 0;
        PassingNodes passing = scratch.passing;
        passing.begin(graph, order, filter);
        for (int count = passing.next(scratch, BATCH, check); count > 0; count = passing.next(scratch, BATCH, check)) {
            codes.distances(scratch.query, scratch.nodes(), count, scratch.distances());
            check.visit(count);
            float bound = Math.min(reach, scratch.bound());
            float cut = margin == 0 ? Float.POSITIVE_INFINITY : bound + MARGIN_ROOM * margin;
            int near = 0;
            long distances = scratch.distances();
            for (int i = 0; i < count; i++) {
                if (OffHeap.getFloat(distances + (long) i * Float.BYTES) <= cut) {
                    int node = scratch.node(i);
                    float error = TRUSTED_DEVIATIONS * codes.deviation(scratch.query, node);
                    margin = Math.max(margin, error);
                    scratch.setNode(near, node);
                    near += scratch.distance(i) - error <= bound ? 1 : 0;
                }
            }
            if (near > 0) {
                exact.offer(scratch, near, radius, reach);
            }
            read += count;
            compared += near;
            if (read >= JUDGED_FROM && compared > WORTHLESS * read) {
                exact.offerRest(scratch, radius, reach, check);
                return;
            }
        }
    }
}
