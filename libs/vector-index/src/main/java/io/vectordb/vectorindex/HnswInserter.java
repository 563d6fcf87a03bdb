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
    private final int[] pruned;
    private final long[] keys;
    /** Per level the neighbours chosen for the node that is being inserted, and how many. */
    private int[][] chosen = {};

    private int[] degrees = {};
    private final int[] batchNodes = new int[VectorKernels.WIDTH];
    private final float[] batchDistances = new float[VectorKernels.WIDTH];

    HnswInserter(HnswGraph graph) {
        this.graph = graph;
        store = graph.store();
        parameters = graph.parameters();
        int maxDegree = parameters.maxDegree(0);
        scratch.ensureNodes(maxDegree + 1);
        pruned = new int[maxDegree];
        keys = new long[maxDegree + 1];
    }

    /** Links a stored node, which must be the next one, and publishes it. */
    void insert(int node) {
        int level = parameters.levelOf(node);
        graph.ensure(node);
        long entry = graph.entry();
        int top = entry == HnswGraph.NO_ENTRY ? -1 : Math.min(level, HnswGraph.entryLevel(entry));
        if (top >= 0) {
            int equal = choose(node, entry, level, top);
            if (equal >= 0) {
                graph.publishEqual(node, equal);
                return;
            }
        }
        graph.allocateUpper(node, level);
        for (int l = top; l >= 0; l--) {
            link(node, l);
        }
        graph.publish(node, level);
    }

    /**
     * Chooses the neighbours of a node on the levels from {@code top} down to 0.
     *
     * @return a node with the same vector if one was met, so that the node needs no neighbours; else -1
     */
    private int choose(int node, long entry, int level, int top) {
        ensureLevels(top + 1);
        scratch.query.prepare(store, node);
        BeamSearch search = new BeamSearch(graph, scratch, node, new CancellationCheck(() -> false));
        int nearest = search.descend(entry, level);
        int equal = -1;
        for (int l = top; l >= 0 && equal < 0; l--) {
            search.search(nearest, l, parameters.efConstruction(), NodeFilter.ALL);
            long[] found = scratch.sortedResults();
            int count = scratch.results.size();
            nearest = DistanceKey.node(found[0]);
            equal = equalAmong(node, found, count);
            degrees[l] = select(node, found, count, parameters.m(), chosen[l]);
        }
        return equal;
    }

    private int equalAmong(int node, long[] found, int count) {
        batchNodes[0] = node;
        store.distances(scratch.query, batchNodes, 1, batchDistances);
        // Equal vectors go through equal arithmetic, so their distances are equal to the last bit.
        float self = batchDistances[0];
        for (int i = 0; i < count && DistanceKey.distance(found[i]) <= self; i++) {
            int other = DistanceKey.node(found[i]);
            if (DistanceKey.distance(found[i]) == self && store.isEqual(node, other)) {
                return other;
            }
        }
        return -1;
    }

    private void link(int node, int level) {
        graph.lists(level).set(graph.list(node, level), chosen[level], degrees[level]);
        for (int i = 0; i < degrees[level]; i++) {
            linkBack(chosen[level][i], node, level);
        }
    }

    private void ensureLevels(int count) {
        if (count > chosen.length) {
            chosen = new int[count][parameters.m()];
            degrees = new int[count];
        }
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
     * <p>Equal distances are ordered by a permutation that differs from base to base. Where many are equal, as on a
     * grid, the lower nodes would else be chosen by everyone, and the others by none.
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
