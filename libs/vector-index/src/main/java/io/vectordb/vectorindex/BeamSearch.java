package io.vectordb.vectorindex;

/**
 * Algorithm 2 of the paper, and the descent of algorithm 5: walks a graph towards the query of a {@link SearchScratch}.
 *
 * <p>The unvisited neighbours of a node are gathered first and compared together, so that their cache misses overlap.
 */
final class BeamSearch {

    private final HnswGraph graph;
    private final VectorStore store;
    private final SearchScratch scratch;
    private final CancellationCheck check;
    /** Nodes at or above it were published after this search began, or not yet. */
    private final int limit;
    /** How many nodes of the scratch the last gathering filled. */
    private int gathered;

    BeamSearch(HnswGraph graph, SearchScratch scratch, int limit, CancellationCheck check) {
        this.graph = graph;
        this.store = graph.store();
        this.scratch = scratch;
        this.limit = limit;
        this.check = check;
    }

    /** The node of {@code level + 1} nearest to the query that a greedy walk from the entry point ends at. */
    int descend(long entry, int level) {
        int nearest = HnswGraph.entryPoint(entry);
        int top = HnswGraph.entryLevel(entry);
        if (top <= level) {
            return nearest;
        }
        scratch.nodes()[0] = nearest;
        float distance = compare(1)[0];
        for (int l = top; l > level; l--) {
            boolean moved = true;
            while (moved) {
                moved = false;
                gather(nearest, l, false);
                float[] distances = compare(gathered);
                int[] nodes = scratch.nodes();
                for (int i = 0; i < gathered; i++) {
                    if (distances[i] < distance) {
                        distance = distances[i];
                        nearest = nodes[i];
                        moved = true;
                    }
                }
            }
        }
        return nearest;
    }

    /**
     * Leaves the {@code ef} nearest nodes of a level that pass the filter in the results of the scratch.
     *
     * <p>As in hnswlib, nodes that fail the filter are walked through, and the beam is as wide as there are accepted
     * nodes in it. A node is accepted when any that has its vector is.
     */
    void search(int start, int level, int ef, NodeFilter filter) {
        scratch.visited.reset(limit);
        scratch.candidates.clear();
        scratch.results.clear();
        scratch.visited.add(start);
        scratch.nodes()[0] = start;
        gathered = 1;
        offer(ef, filter);
        LongHeap candidates = scratch.candidates;
        while (!candidates.isEmpty()) {
            long candidate = candidates.pop();
            if (DistanceKey.distance(candidate) > bound(ef)) {
                break;
            }
            gather(DistanceKey.node(candidate), level, true);
            offer(ef, filter);
        }
    }

    /** The {@code k} nearest of what {@link #search} found, by their distances in double precision. */
    SearchResult nearest(int k, NodeFilter filter) {
        long[] keys = scratch.sortedResults();
        int count = scratch.results.size();
        scratch.resetTop(k);
        for (int i = 0; i < count && DistanceKey.distance(keys[i]) <= scratch.bound(); i++) {
            int first = DistanceKey.node(keys[i]);
            double distance = scratch.query.distance(store, first);
            for (int node = first; node != IntLists.END; node = graph.nextEqual(node)) {
                if (node < limit && filter.test(node)) {
                    scratch.offerTop(store, distance, node);
                }
            }
        }
        return scratch.top.drain(check.visited());
    }

    private boolean anyPasses(int first, NodeFilter filter) {
        for (int node = first; node != IntLists.END; node = graph.nextEqual(node)) {
            if (node < limit && filter.test(node)) {
                return true;
            }
        }
        return false;
    }

    private void offer(int ef, NodeFilter filter) {
        float[] distances = compare(gathered);
        int[] nodes = scratch.nodes();
        LongHeap results = scratch.results;
        float bound = bound(ef);
        for (int i = 0; i < gathered; i++) {
            if (distances[i] >= bound) {
                continue;
            }
            long key = DistanceKey.of(distances[i], nodes[i]);
            scratch.candidates.push(key);
            if (filter != NodeFilter.ALL && !anyPasses(nodes[i], filter)) {
                continue;
            }
            if (results.size() < ef) {
                results.push(~key);
            } else {
                results.replaceTop(~key);
            }
            bound = bound(ef);
        }
    }

    /** Distances from which on nothing can enter the beam. */
    private float bound(int ef) {
        LongHeap results = scratch.results;
        return results.size() < ef ? Float.POSITIVE_INFINITY : DistanceKey.distance(~results.top());
    }

    private void gather(int node, int level, boolean unvisitedOnly) {
        IntLists lists = graph.lists(level);
        int list = graph.list(node, level);
        int[] chunk = lists.chunk(list);
        int at = lists.offset(list);
        int end = at + lists.width();
        int[] nodes = scratch.nodes();
        VisitedSet visited = scratch.visited;
        int count = 0;
        for (; at < end; at++) {
            int neighbour = chunk[at];
            if (neighbour == IntLists.END) {
                break;
            }
            if (neighbour < limit && (!unvisitedOnly || visited.add(neighbour))) {
                nodes[count++] = neighbour;
            }
        }
        gathered = count;
    }

    private float[] compare(int count) {
        float[] distances = scratch.distances();
        store.distances(scratch.query, scratch.nodes(), count, distances);
        check.visit(count);
        return distances;
    }
}
