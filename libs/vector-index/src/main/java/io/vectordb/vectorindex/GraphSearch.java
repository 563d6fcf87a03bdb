package io.vectordb.vectorindex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A search over a graph, its vectors and, where there are some, their codes: the walk goes by the codes, what it finds
 * is compared again in float32 where the error of a code leaves it a chance, and the result in double precision.
 *
 * <p>Thread-safe.
 */
final class GraphSearch {

    /** Standard deviations that a code's estimate is trusted to lie within. */
    static final float TRUSTED_DEVIATIONS = 2.5f;
    /** What is compared again at first, beyond {@code k}. */
    private static final int FIRST_EXTRA = 6;
    /** How many times wider a beam becomes that held too few records. */
    private static final int WIDENING = 4;

    /** More keys than this are not sorted by insertion. */
    private static final int MOST_INSERTED = 256;

    private final HnswGraph graph;
    private final VectorStore store;
    private final OrdinalOrder order;
    private final ExactSearch exact;
    private final FilteredSearch filtered;
    private final RangeSearch range;
    private final BatchSearch batch;

    /** For a graph that grows. */
    GraphSearch(HnswGraph graph, VectorStore store) {
        this(graph, store, false);
    }

    /** @param isFixed whether the graph changes no more */
    GraphSearch(HnswGraph graph, VectorStore store, boolean isFixed) {
        this.graph = graph;
        this.store = store;
        order = new OrdinalOrder(graph, isFixed);
        exact = new ExactSearch(graph, store, order);
        CodeScan scan = new CodeScan(graph, store, order, exact);
        filtered = new FilteredSearch(graph, order, scan);
        range = new RangeSearch(graph, store, order, exact, scan, filtered);
        batch = new BatchSearch(graph, store, order);
    }

    SearchResult search(
            float[] query, int k, int efSearch, OrdinalFilter filter, NodeScorer scorer, CancellationCheck check) {
        return search(query, k, efSearch, filter, scorer, check, null);
    }

    /** @param plan that of a filtered search, for tests and measurements; null to choose by cost */
    SearchResult search(
            float[] query,
            int k,
            int efSearch,
            OrdinalFilter filter,
            NodeScorer scorer,
            CancellationCheck check,
            @Nullable FilterPlan plan) {
        SearchScratch scratch = SearchScratch.local();
        long entry = graph.entry();
        if (filter instanceof OrdinalSet set && set.cardinality() == 0) {
            scratch.resetTop(k);
            return scratch.top.drain(0);
        }
        boolean isFull = entry != HnswGraph.NO_ENTRY;
        int nodes = graph.live();
        for (long ef = Math.max(k, efSearch); isFull && ef < nodes; ef *= WIDENING) {
            scratch.query.prepare(store, query);
            if (scorer != store) {
                scorer.prepare(scratch.query, query);
            }
            boolean isScanned = find(entry, k, (int) ef, filter, scorer, scratch, check, plan);
            if (isScanned || scratch.top.isFull()) {
                return scratch.top.drain(check.visited());
            }
            isFull = scratch.beam.size() >= (graph.removed() == 0 ? ef : Math.max(k, ef / 2));
        }
        return exact.search(query, k, filter, check);
    }

    /** Leaves what it finds in the top of the scratch; says whether that is all there is. */
    private boolean find(
            long entry,
            int k,
            int ef,
            OrdinalFilter filter,
            NodeScorer scorer,
            SearchScratch scratch,
            CancellationCheck check,
            @Nullable FilterPlan plan) {
        if (filter == OrdinalFilter.ALL) {
            scratch.walk.begin(graph, scorer, scratch.query, check);
            if (walkOverRemoved(scratch.walk, scratch.walk.descend(entry, 0), ef, k, scratch)) {
                collect(k, filter, scorer, scratch);
                return false;
            }
        }
        if (filtered.search(entry, k, ef, filter, scorer, scratch, check, plan) == FilterPlan.SCAN) {
            return true;
        }
        collect(k, filter, scorer, scratch);
        if (plan == null
                && scratch.filteredWalk.isAstray
                && scorer instanceof CodeStore codes
                && isBlurred(ef, codes, scratch)) {
            filtered.search(entry, k, ef, filter, scorer, scratch, check, FilterPlan.SCAN);
            return true;
        }
        return false;
    }

    /** Leaves the nearest that are not removed in the beam; says whether those are enough. */
    private boolean walkOverRemoved(GraphWalk walk, int start, int ef, int k, SearchScratch scratch) {
        int width = graph.widened(ef);
        walk.search(start, 0, width);
        if (graph.removed() == 0) {
            return true;
        }
        Beam beam = scratch.beam;
        boolean isFull = beam.size() == width;
        beam.dropRemoved(graph);
        return !isFull || beam.size() >= Math.max(k, ef / 2);
    }

    /**
     * Whether the farthest of a full beam may, within the error of its code, be nearer than what was found: then the
     * beam is too narrow for the codes. Asked only of a walk that went astray: far from the query much is as far, and
     * the codes do not tell it apart; near it a narrow beam is what the caller has chosen.
     */
    private static boolean isBlurred(int ef, CodeStore codes, SearchScratch scratch) {
        Beam beam = scratch.beam;
        int last = beam.size() - 1;
        return beam.size() == ef
                && scratch.top.isFull()
                && beam.distance(last) - codes.deviation(scratch.query, beam.node(last)) <= scratch.bound();
    }

    SearchResult[] searchExact(float[][] queries, int k, OrdinalFilter filter, CancellationCheck check) {
        return batch.searchExact(queries, k, filter, check);
    }

    RangeResult searchRange(
            float[] query,
            double radius,
            int limit,
            int efSearch,
            OrdinalFilter filter,
            NodeScorer scorer,
            CancellationCheck check) {
        return range.search(query, radius, limit, Math.max(1, efSearch), filter, scorer, check);
    }

    RangeResult searchRangeExact(
            float[] query, double radius, int limit, OrdinalFilter filter, CancellationCheck check) {
        return range.searchExact(query, radius, limit, filter, check);
    }

    /** What is kept to find the nodes of ordinals. */
    long memoryBytes() {
        return order.memoryBytes();
    }

    SearchResult searchExact(float[] query, int k, OrdinalFilter filter, CancellationCheck check) {
        return exact.search(query, k, filter, check);
    }

    /** Puts what the beam holds into the top of the scratch. */
    private void collect(int k, OrdinalFilter filter, NodeScorer scorer, SearchScratch scratch) {
        scratch.resetTop(k);
        int size = scratch.beam.size();
        if (!(scorer instanceof CodeStore codes)) {
            offer(beamKeys(scratch), filter, scratch);
            return;
        }
        int count = rescore(codes, k, scratch);
        offer(count, filter, scratch);
        if (count < size && !scratch.top.isFull()) {
            // What was compared again belongs to fewer than k records.
            offer(rescore(codes, size, scratch), filter, scratch);
        }
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
     * Puts the nodes of the beam that may be among those of the {@code k} nearest records into the keys of the scratch,
     * by their distances in float32.
     */
    private int rescore(CodeStore codes, int k, SearchScratch scratch) {
        Beam beam = scratch.beam;
        int size = beam.size();
        long[] keys = scratch.keys(size);
        scratch.ensure(size);
        int first = (int) Math.min(size, (long) k + k / 4 + FIRST_EXTRA);
        for (int rank = 0; rank < first; rank++) {
            scratch.setNode(rank, beam.node(rank));
        }
        int count = compare(0, first, keys, scratch);
        if (size > first) {
            sort(keys, count);
            float worst = worst(k, count, keys, scratch.records);
            int more = 0;
            for (int rank = first; rank < size; rank++) {
                int node = beam.node(rank);
                if (beam.distance(rank) - TRUSTED_DEVIATIONS * codes.deviation(scratch.query, node) <= worst) {
                    scratch.setNode(more++, node);
                }
            }
            count += compare(count, more, keys, scratch);
        }
        sort(keys, count);
        return count;
    }

    /** Keys come nearly in order. {@link Arrays#sort(long[])} would do, but allocates when they do. */
    private static void sort(long[] keys, int count) {
        if (count > MOST_INSERTED) {
            Arrays.sort(keys, 0, count);
            return;
        }
        for (int i = 1; i < count; i++) {
            long key = keys[i];
            int at = i;
            while (at > 0 && keys[at - 1] > key) {
                keys[at] = keys[at - 1];
                at--;
            }
            keys[at] = key;
        }
    }

    /** The distance of the {@code k}-th nearest record that is alive, infinite when there are fewer. */
    private float worst(int k, int count, long[] keys, IntSet records) {
        records.reset();
        for (int i = 0; i < count; i++) {
            int node = DistanceKey.node(keys[i]);
            if (graph.isLive(node) && records.add(graph.ordinal(node)) && records.size() == k) {
                return DistanceKey.distance(keys[i]);
            }
        }
        return Float.POSITIVE_INFINITY;
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

    /** Offers what the first keys stand for, which are sorted, by their distances in double precision. */
    private void offer(int count, OrdinalFilter filter, SearchScratch scratch) {
        long[] keys = scratch.keys(count);
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
    }
}
