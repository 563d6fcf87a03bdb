package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * A search over a graph, its vectors and, where there are some, their codes: the walk goes by the codes, what it finds
 * is compared again in float32 where the error of a code leaves it a chance, and the result in double precision.
 *
 * <p>Thread-safe.
 */
final class GraphSearch {

    /** Standard deviations that a code's estimate is trusted to lie within. */
    private static final float TRUSTED_DEVIATIONS = 2.5f;
    /** What is compared again at first, beyond {@code k}. */
    private static final int FIRST_EXTRA = 6;

    private final HnswGraph graph;
    private final VectorStore store;
    private final ExactSearch exact;

    GraphSearch(HnswGraph graph, VectorStore store) {
        this.graph = graph;
        this.store = store;
        exact = new ExactSearch(graph, store);
    }

    SearchResult search(
            float[] query, int k, int efSearch, OrdinalFilter filter, NodeScorer scorer, CancellationCheck check) {
        long entry = graph.entry();
        int ef = Math.max(k, efSearch);
        if (entry == HnswGraph.NO_ENTRY || ef >= graph.allocated()) {
            return exact.search(query, k, filter, check);
        }
        SearchScratch scratch = SearchScratch.local();
        scratch.query.prepare(store, query);
        if (scorer != store) {
            scorer.prepare(scratch.query, query);
        }
        GraphWalk walk = new GraphWalk(graph, scorer, scratch, scratch.query, check);
        int start = walk.descend(entry, 0);
        if (filter == OrdinalFilter.ALL) {
            walk.search(start, 0, ef);
        } else {
            new FilteredWalk(graph, scorer, scratch, check).search(start, ef, filter);
        }
        int count = scorer instanceof CodeStore codes ? rescore(codes, k, scratch) : beamKeys(scratch);
        SearchResult result = nearest(k, count, filter, scratch, check);
        return result.size() < k ? exact.search(query, k, filter, check) : result;
    }

    SearchResult searchExact(float[] query, int k, OrdinalFilter filter, CancellationCheck check) {
        return exact.search(query, k, filter, check);
    }

    /** Puts the beam into the keys of the scratch as it is. */
    private int beamKeys(SearchScratch scratch) {
        Beam beam = scratch.beam;
        long[] keys = scratch.keys(beam.size());
        for (int rank = 0; rank < beam.size(); rank++) {
            keys[rank] = DistanceKey.of(beam.distance(rank), beam.node(rank));
        }
        return beam.size();
    }

    /**
     * Puts the nodes of the beam that may be among the {@code k} nearest into the keys of the scratch, by their
     * distances in float32.
     */
    private int rescore(CodeStore codes, int k, SearchScratch scratch) {
        Beam beam = scratch.beam;
        int size = beam.size();
        long[] keys = scratch.keys(size);
        scratch.ensure(size);
        int first = Math.min(size, k + k / 4 + FIRST_EXTRA);
        for (int rank = 0; rank < first; rank++) {
            scratch.setNode(rank, beam.node(rank));
        }
        int count = compare(0, first, keys, scratch);
        if (size > first) {
            Arrays.sort(keys, 0, count);
            float worst = DistanceKey.distance(keys[Math.min(k, count) - 1]);
            int more = 0;
            for (int rank = first; rank < size; rank++) {
                int node = beam.node(rank);
                if (beam.distance(rank) - TRUSTED_DEVIATIONS * codes.deviation(scratch.query, node) <= worst) {
                    scratch.setNode(more++, node);
                }
            }
            count += compare(count, more, keys, scratch);
        }
        Arrays.sort(keys, 0, count);
        return count;
    }

    private int compare(int from, int count, long[] keys, SearchScratch scratch) {
        if (count > 0) {
            store.distances(scratch.query, scratch.nodes(), count, scratch.distances());
            for (int i = 0; i < count; i++) {
                keys[from + i] = DistanceKey.of(scratch.distance(i), scratch.node(i));
            }
        }
        return count;
    }

    /** The {@code k} nearest of the keys, which are sorted, by their distances in double precision. */
    private SearchResult nearest(
            int k, int count, OrdinalFilter filter, SearchScratch scratch, CancellationCheck check) {
        long[] keys = scratch.keys(count);
        scratch.resetTop(k);
        for (int i = 0; i < count && DistanceKey.distance(keys[i]) <= scratch.bound(); i++) {
            int first = DistanceKey.node(keys[i]);
            double distance = scratch.query.distance(store, first);
            for (int node = first; node != HnswGraph.END; node = graph.nextEqual(node)) {
                if (graph.isLive(node)) {
                    int ordinal = graph.ordinal(node);
                    if (filter == OrdinalFilter.ALL || filter.test(ordinal)) {
                        scratch.offerTop(store, distance, ordinal);
                    }
                }
            }
        }
        return scratch.top.drain(check.visited());
    }
}
