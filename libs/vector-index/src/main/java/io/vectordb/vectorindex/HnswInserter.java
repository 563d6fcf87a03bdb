package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * Links new nodes into a graph: algorithm 1 of the paper with the neighbour selection of algorithm 4, without its
 * optional extension and without keeping pruned candidates, as hnswlib does it.
 *
 * <p>Threading: the only writer of its graph; one thread.
 */
final class HnswInserter {

    private final HnswGraph graph;
    private final VectorStore store;
    private final HnswParameters parameters;
    private final SearchScratch scratch = new SearchScratch();
    private final Query candidateQuery = new Query();
    private final int[] selected;
    private final int[] pruned;
    private final long[] keys;
    private final int[] batchNodes = new int[VectorKernels.WIDTH];
    private final float[] batchDistances = new float[VectorKernels.WIDTH];

    HnswInserter(HnswGraph graph) {
        this.graph = graph;
        store = graph.store();
        parameters = graph.parameters();
        int maxDegree = parameters.maxDegree(0);
        scratch.ensureNodes(maxDegree + 1);
        selected = new int[maxDegree];
        pruned = new int[maxDegree];
        keys = new long[maxDegree + 1];
    }

    /** Links a stored node, which must be the next one, and publishes it. */
    void insert(int node) {
        int level = parameters.levelOf(node);
        graph.allocate(node, level);
        long entry = graph.entry();
        if (entry != HnswGraph.NO_ENTRY) {
            scratch.query.prepare(store, node);
            BeamSearch search = new BeamSearch(graph, scratch, node, new CancellationCheck(() -> false));
            int nearest = search.descend(entry, level);
            for (int l = Math.min(level, HnswGraph.entryLevel(entry)); l >= 0; l--) {
                scratch.query.prepare(store, node);
                search.search(nearest, l, parameters.efConstruction(), NodeFilter.ALL);
                long[] found = scratch.sortedResults();
                int count = scratch.results.size();
                nearest = DistanceKey.node(found[0]);
                int degree = select(node, found, count, parameters.m(), selected);
                graph.lists(l).set(graph.list(node, l), selected, degree);
                for (int i = 0; i < degree; i++) {
                    linkBack(selected[i], node, l);
                }
            }
        }
        graph.publish(node, level);
    }

    /** Adds a neighbour to a node, and drops the least useful one when it has too many. */
    private void linkBack(int node, int neighbour, int level) {
        IntLists lists = graph.lists(level);
        int list = graph.list(node, level);
        int length = lists.length(list);
        if (length < lists.width()) {
            lists.append(list, length, neighbour);
            return;
        }
        int[] nodes = scratch.nodes();
        System.arraycopy(lists.chunk(list), lists.offset(list), nodes, 0, length);
        nodes[length] = neighbour;
        scratch.query.prepare(store, node);
        store.distances(scratch.query, nodes, length + 1, scratch.distances());
        for (int i = 0; i <= length; i++) {
            keys[i] = DistanceKey.of(scratch.distances()[i], nodes[i]);
        }
        int degree = select(node, keys, length + 1, lists.width(), pruned);
        lists.set(list, pruned, degree);
    }

    /**
     * Algorithm 4: keeps, nearest first, each candidate that is nearer to the base than to any that was kept, so that
     * links go in different directions; all when there are fewer than {@code max}.
     *
     * <p>Equal distances are ordered by a permutation that differs from base to base. In a crowd of equal vectors the
     * lower nodes would else be chosen by everyone, and the others by none.
     *
     * @param candidates {@link DistanceKey}s to the base, reordered here
     * @return how many were written to {@code out}
     */
    private int select(int base, long[] candidates, int count, int max, int[] out) {
        int permutation = (int) HnswParameters.mix(base) & Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            candidates[i] ^= permutation;
        }
        Arrays.sort(candidates, 0, count);
        int kept = 0;
        for (int i = 0; i < count && kept < max; i++) {
            int candidate = DistanceKey.node(candidates[i]) ^ permutation;
            if (count < max || isDiverse(candidate, DistanceKey.distance(candidates[i]), out, kept)) {
                out[kept++] = candidate;
            }
        }
        return kept;
    }

    private boolean isDiverse(int candidate, float distanceToBase, int[] kept, int count) {
        candidateQuery.prepare(store, candidate);
        for (int from = 0; from < count; from += VectorKernels.WIDTH) {
            int batch = Math.min(VectorKernels.WIDTH, count - from);
            System.arraycopy(kept, from, batchNodes, 0, batch);
            store.distances(candidateQuery, batchNodes, batch, batchDistances);
            for (int i = 0; i < batch; i++) {
                if (batchDistances[i] < distanceToBase) {
                    return false;
                }
            }
        }
        return true;
    }
}
