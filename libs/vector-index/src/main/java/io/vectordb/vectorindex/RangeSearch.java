package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;
import java.util.Map;

/**
 * Search for all that lies within a radius.
 *
 * <p>The walk is that of a search with a beam of {@code ef}, but goes on as long as there are candidates within the
 * radius and what the error of a code may add to it. It goes over to a scan when it has cost as much as that, and what
 * it finds is compared exactly.
 *
 * <p>Thread-safe.
 */
final class RangeSearch {

    /** What is kept beyond the limit, because estimates may be in another order than distances. */
    private static final int EXTRA = 16;

    private static final int BATCH = 64;

    private final HnswGraph graph;
    private final VectorStore store;
    private final OrdinalOrder order;
    private final ExactSearch exact;
    private final CodeScan scan;
    private final FilteredSearch filtered;

    RangeSearch(
            HnswGraph graph,
            VectorStore store,
            OrdinalOrder order,
            ExactSearch exact,
            CodeScan scan,
            FilteredSearch filtered) {
        this.graph = graph;
        this.store = store;
        this.order = order;
        this.exact = exact;
        this.scan = scan;
        this.filtered = filtered;
    }

    RangeResult search(
            float[] query,
            double radius,
            int limit,
            int ef,
            OrdinalFilter filter,
            NodeScorer scorer,
            CancellationCheck check) {
        SearchScratch scratch = begin(query, radius, limit);
        long entry = graph.entry();
        if (isEmpty(radius) || graph.allocated() == 0) {
            return drain(scratch, limit, check);
        }
        if (scorer != store) {
            scorer.prepare(scratch.query, query);
        }
        FilterCosts costs = scratch.costs;
        costs.begin(graph, scorer, filter);
        double share = 1;
        if (filter != OrdinalFilter.ALL) {
            scratch.filteredWalk.begin(graph, scorer, filter, check);
            share = filtered.share(filter, scratch.filteredWalk);
        }
        double scanned = costs.scan(share, order.way(filter, graph.allocated()) == OrdinalOrder.Way.ASKED);
        int width = (int) Math.min(Integer.MAX_VALUE, limit + (long) limit / 4 + EXTRA);
        boolean isWalked = entry != HnswGraph.NO_ENTRY && costs.walk(ef, 1) < scanned;
        if (isWalked && walk(entry, ef, radius, width, filter, scorer, scratch, check, scanned)) {
            offerFound(scratch, radius, filter);
            if (scratch.found.size() < width || scratch.top.isFull()) {
                return drain(scratch, limit, check);
            }
            scratch.resetTop(top(limit));
        }
        scan.offerAll(scratch, radius, filter, scorer, check);
        return drain(scratch, limit, check);
    }

    RangeResult searchExact(float[] query, double radius, int limit, OrdinalFilter filter, CancellationCheck check) {
        SearchScratch scratch = begin(query, radius, limit);
        if (!isEmpty(radius)) {
            exact.offerAll(scratch, radius, filter, check);
        }
        return drain(scratch, limit, check);
    }

    private SearchScratch begin(float[] query, double radius, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("expected a limit of at least 1, received " + limit);
        }
        if (Double.isNaN(radius)) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "expected a radius, received NaN", Map.of("received", "NaN"));
        }
        SearchScratch scratch = SearchScratch.local();
        scratch.query.prepare(store, query);
        scratch.resetTop(top(limit));
        return scratch;
    }

    /** One more than is returned, so that it is known whether there is more. */
    private static int top(int limit) {
        return (int) Math.min(Integer.MAX_VALUE, limit + 1L);
    }

    /** Whether no distance can be so small. */
    private boolean isEmpty(double radius) {
        return switch (store.metric()) {
            case COSINE, L2 -> radius < 0;
            case DOT -> radius == Double.NEGATIVE_INFINITY;
        };
    }

    private static RangeResult drain(SearchScratch scratch, int limit, CancellationCheck check) {
        boolean isCapped = scratch.top.size() > limit;
        if (isCapped) {
            scratch.top.removeWorst();
        }
        return new RangeResult(scratch.top.drain(check.visited()), isCapped);
    }

    /** Leaves the nearest nodes that may lie within the radius among the found; false when it was given up. */
    private boolean walk(
            long entry,
            int ef,
            double radius,
            int width,
            OrdinalFilter filter,
            NodeScorer scorer,
            SearchScratch scratch,
            CancellationCheck check,
            double budget) {
        int limit = graph.allocated();
        int before = check.visited();
        scratch.walk.begin(graph, scorer, scratch.query, check);
        int start = scratch.walk.descend(entry, 0);
        scratch.visited.reset(limit);
        scratch.beam.reset(ef);
        scratch.candidates.clear();
        scratch.found.clear();
        float reach = scratch.query.walkBound(store, radius);
        scratch.visited.add(start);
        scratch.setNode(0, start);
        float margin = offer(1, reach, 0, width, filter, scorer, scratch, check);
        while (!scratch.candidates.isEmpty()) {
            long candidate = scratch.candidates.pop();
            if (DistanceKey.distance(candidate)
                    > Math.max(scratch.beam.bound(), frontier(reach + margin, width, scratch))) {
                break;
            }
            int count = gather(DistanceKey.node(candidate), limit, scratch);
            if (count > 0) {
                margin = offer(count, reach, margin, width, filter, scorer, scratch, check);
            }
            if (scratch.costs.spent(check.visited() - before, 0, false) > budget) {
                return false;
            }
        }
        return true;
    }

    /** Beyond this nothing is found any more: the radius, or the farthest of what is found when that is enough. */
    private static float frontier(float reach, int width, SearchScratch scratch) {
        return scratch.found.size() < width ? reach : Math.min(reach, DistanceKey.distance(~scratch.found.top()));
    }

    private int gather(int node, int limit, SearchScratch scratch) {
        long at = graph.list(node, 0);
        long end = at + (long) graph.maxDegree(0) * Integer.BYTES;
        int count = 0;
        for (; at < end; at += Integer.BYTES) {
            int neighbour = OffHeap.getInt(at);
            if (neighbour == HnswGraph.END) {
                break;
            }
            scratch.setNode(count, neighbour);
            count += neighbour < limit && scratch.visited.add(neighbour) ? 1 : 0;
        }
        VarHandle.acquireFence();
        return count;
    }

    /** Compares nodes; returns the greatest error that the code of one within reach may have. */
    private float offer(
            int count,
            float reach,
            float before,
            int width,
            OrdinalFilter filter,
            NodeScorer scorer,
            SearchScratch scratch,
            CancellationCheck check) {
        scorer.distances(scratch.query, scratch.nodes(), count, scratch.distances());
        check.visit(count);
        float margin = before;
        for (int i = 0; i < count; i++) {
            float distance = scratch.distance(i);
            int node = scratch.node(i);
            float error = scorer instanceof CodeStore codes
                    ? GraphSearch.TRUSTED_DEVIATIONS * codes.deviation(scratch.query, node)
                    : 0;
            boolean isWithin = distance - error <= reach;
            if (distance < scratch.beam.bound()) {
                scratch.beam.insert(distance, node);
                scratch.candidates.push(DistanceKey.of(distance, node));
            } else if (isWithin) {
                scratch.candidates.push(DistanceKey.of(distance, node));
            }
            if (isWithin) {
                margin = Math.max(margin, error);
                find(distance, node, width, filter, scratch);
            }
        }
        return margin;
    }

    private void find(float distance, int node, int width, OrdinalFilter filter, SearchScratch scratch) {
        LongHeap found = scratch.found;
        long key = ~DistanceKey.of(distance, node);
        if (found.size() < width) {
            if (passes(node, filter)) {
                found.push(key);
            }
        } else if (key > found.top() && passes(node, filter)) {
            found.replaceTop(key);
        }
    }

    private boolean passes(int first, OrdinalFilter filter) {
        for (int node = first; node != HnswGraph.END; node = graph.nextEqual(node)) {
            if (graph.isLive(node) && filter.test(graph.ordinal(node))) {
                return true;
            }
        }
        return false;
    }

    private void offerFound(SearchScratch scratch, double radius, OrdinalFilter filter) {
        int size = scratch.found.size();
        long[] keys = scratch.keys(size);
        scratch.found.copyTo(keys);
        float reach = scratch.query.walkBound(store, radius);
        scratch.ensure(BATCH);
        for (int from = 0; from < size; from += BATCH) {
            int count = Math.min(BATCH, size - from);
            for (int i = 0; i < count; i++) {
                scratch.setNode(i, DistanceKey.node(~keys[from + i]));
            }
            store.distances(scratch.query, scratch.nodes(), count, scratch.distances());
            for (int i = 0; i < count; i++) {
                if (scratch.distance(i) <= Math.min(reach, scratch.bound())) {
                    offerChain(scratch.node(i), radius, filter, scratch);
                }
            }
        }
    }

    private void offerChain(int first, double radius, OrdinalFilter filter, SearchScratch scratch) {
        double distance = scratch.query.distance(store, first);
        for (int node = first; distance <= radius && node != HnswGraph.END; node = graph.nextEqual(node)) {
            if (graph.isLive(node) && filter.test(graph.ordinal(node))) {
                scratch.offerTop(store, distance, graph.ordinal(node));
            }
        }
    }
}
