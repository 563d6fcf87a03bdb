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

    private final VectorStore store;

    ExactSearch(VectorStore store) {
        this.store = store;
    }

    /** The nearest of the nodes below {@code limit} that pass the filter. */
    SearchResult search(float[] query, int k, int limit, NodeFilter filter, CancellationCheck check) {
        SearchScratch scratch = begin(query, k);
        int[] nodes = scratch.nodes();
        int count = 0;
        for (int node = 0; node < limit; node++) {
            if (filter == NodeFilter.ALL || filter.test(node)) {
                nodes[count++] = node;
            }
            if (count == BATCH) {
                compare(scratch, count, check);
                count = 0;
            }
        }
        compare(scratch, count, check);
        return scratch.top.drain(check.visited());
    }

    /** The nearest of the nodes listed. */
    SearchResult searchAmong(float[] query, int k, int[] listed, int count, CancellationCheck check) {
        SearchScratch scratch = begin(query, k);
        for (int from = 0; from < count; from += BATCH) {
            int batch = Math.min(BATCH, count - from);
            System.arraycopy(listed, from, scratch.nodes(), 0, batch);
            compare(scratch, batch, check);
        }
        return scratch.top.drain(check.visited());
    }

    private SearchScratch begin(float[] query, int k) {
        SearchScratch scratch = SearchScratch.local();
        scratch.ensureNodes(BATCH);
        scratch.query.prepare(store, query);
        scratch.resetTop(k);
        return scratch;
    }

    private void compare(SearchScratch scratch, int count, CancellationCheck check) {
        store.distances(scratch.query, scratch.nodes(), count, scratch.distances());
        check.visit(count);
        for (int i = 0; i < count; i++) {
            if (scratch.distances()[i] <= scratch.bound()) {
                int node = scratch.nodes()[i];
                scratch.offerTop(store, scratch.query.distance(store, node), node);
            }
        }
    }
}
