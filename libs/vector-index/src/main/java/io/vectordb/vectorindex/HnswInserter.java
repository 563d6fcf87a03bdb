package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Links new nodes into a graph: algorithm 1 of the paper with the neighbour selection of algorithm 4, without its
 * optional extension and without keeping pruned candidates, as hnswlib does it.
 *
 * <p>Thread-safe: see {@link HnswGraph} for how threads insert side by side. Two that insert at the same time may not
 * see each other's node; with many more nodes than threads that costs no measurable recall.
 */
final class HnswInserter {

    private static final int STRIPES = 1024;
    private static final ThreadLocal<Selection> SELECTIONS = ThreadLocal.withInitial(Selection::new);

    private final HnswGraph graph;
    private final VectorStore store;
    private final HnswParameters parameters;
    private final Object[] locks = new Object[STRIPES];

    HnswInserter(HnswGraph graph, VectorStore store, HnswParameters parameters) {
        this.graph = graph;
        this.store = store;
        this.parameters = parameters;
        Arrays.setAll(locks, i -> new Object());
    }

    /** What one thread works with while it inserts. */
    private static final class Selection {
        long[] candidates = new long[128];
        /** Per level the neighbours chosen for the node that is being inserted, and how many. */
        int[][] chosen = {};

        int[] degrees = {};
        int[] pruned = {};

        void ensure(int levels, int m) {
            if (levels > chosen.length || chosen[0].length < m) {
                chosen = new int[levels][m];
                degrees = new int[levels];
            }
            if (pruned.length < 2 * m) {
                pruned = new int[2 * m];
            }
        }

        void ensureCandidates(int count) {
            if (candidates.length < count) {
                candidates = new long[Math.max(count, 2 * candidates.length)];
            }
        }
    }

    /** Links a node that is stored and begun, and makes it live. */
    void insert(int node, NodeScorer scorer) {
        SearchScratch scratch = SearchScratch.local();
        Selection selection = SELECTIONS.get();
        int level = graph.level(node);
        long entry = graph.entry();
        if (entry == HnswGraph.NO_ENTRY && isFirst(node, level)) {
            return;
        }
        entry = graph.entry();
        int top = Math.min(level, HnswGraph.entryLevel(entry));
        selection.ensure(top + 1, parameters.m());
        int equal = choose(node, entry, top, scorer, scratch, selection);
        if (equal >= 0) {
            linkEqual(node, equal);
            return;
        }
        for (int l = 0; l <= top; l++) {
            write(graph.list(node, l), selection.chosen[l], selection.degrees[l], graph.maxDegree(l));
        }
        for (int l = 0; l <= top; l++) {
            for (int i = 0; i < selection.degrees[l]; i++) {
                linkBack(selection.chosen[l][i], node, l, scorer, scratch, selection);
            }
        }
        graph.setState(node, HnswGraph.LIVE);
        raiseEntry(node, level);
    }

    private synchronized boolean isFirst(int node, int level) {
        if (graph.entry() != HnswGraph.NO_ENTRY) {
            return false;
        }
        graph.setState(node, HnswGraph.LIVE);
        graph.setEntry(HnswGraph.entry(node, level));
        return true;
    }

    private void raiseEntry(int node, int level) {
        if (level > HnswGraph.entryLevel(graph.entry())) {
            synchronized (this) {
                if (level > HnswGraph.entryLevel(graph.entry())) {
                    graph.setEntry(HnswGraph.entry(node, level));
                }
            }
        }
    }

    private Object lock(int node) {
        return locks[node & STRIPES - 1];
    }

    private void linkEqual(int node, int representative) {
        graph.setState(node, HnswGraph.LIVE);
        synchronized (lock(representative)) {
            graph.setNextEqual(node, graph.nextEqual(representative));
            graph.setNextEqual(representative, node);
        }
    }

    /**
     * Chooses the neighbours of a node on the levels from {@code top} down to 0.
     *
     * @return a node with the same vector if one was met, so that the node needs no neighbours; else -1
     */
    private int choose(int node, long entry, int top, NodeScorer scorer, SearchScratch scratch, Selection selection) {
        scorer.prepare(scratch.query, node);
        GraphWalk walk = new GraphWalk(graph, scorer, scratch, scratch.query, new CancellationCheck(() -> false));
        int nearest = walk.descend(entry, top);
        Beam beam = scratch.beam;
        for (int l = top; l >= 0; l--) {
            walk.search(nearest, l, parameters.efConstruction());
            nearest = beam.node(0);
            int equal = equalAmong(node, scorer, scratch);
            if (equal >= 0) {
                return equal;
            }
            int count = 0;
            selection.ensureCandidates(beam.size());
            for (int rank = 0; rank < beam.size(); rank++) {
                int candidate = beam.node(rank);
                if (graph.isLive(candidate) && candidate != node) {
                    selection.candidates[count++] = DistanceKey.of(beam.distance(rank), candidate);
                }
            }
            selection.degrees[l] =
                    select(node, selection.candidates, count, parameters.m(), selection.chosen[l], scorer, scratch);
        }
        return -1;
    }

    private int equalAmong(int node, NodeScorer scorer, SearchScratch scratch) {
        scratch.setNode(0, node);
        scorer.distances(scratch.query, scratch.nodes(), 1, scratch.distances());
        // Equal vectors go through equal arithmetic, so their distances are equal to the last bit.
        float self = scratch.distance(0);
        Beam beam = scratch.beam;
        for (int rank = 0; rank < beam.size() && beam.distance(rank) <= self; rank++) {
            int other = beam.node(rank);
            if (beam.distance(rank) == self && other != node && store.isEqual(node, other)) {
                return other;
            }
        }
        return -1;
    }

    private static void write(long list, int[] nodes, int count, int width) {
        for (int i = 0; i < width; i++) {
            OffHeap.putInt(list + (long) i * Integer.BYTES, i < count ? nodes[i] : HnswGraph.END);
        }
    }

    /** Adds a neighbour to a node, and drops the least useful one when it has too many. */
    private void linkBack(
            int node, int neighbour, int level, NodeScorer scorer, SearchScratch scratch, Selection selection) {
        VarHandle.releaseFence();
        long list = graph.list(node, level);
        int width = graph.maxDegree(level);
        synchronized (lock(node)) {
            int length = graph.length(list, width);
            if (length < width) {
                OffHeap.putInt(list + (long) length * Integer.BYTES, neighbour);
                return;
            }
            scratch.ensure(width + 1);
            selection.ensureCandidates(width + 1);
            OffHeap.copy(list, scratch.nodes(), (long) width * Integer.BYTES);
            scratch.setNode(width, neighbour);
            scorer.prepare(scratch.candidateQuery, node);
            scorer.distances(scratch.candidateQuery, scratch.nodes(), width + 1, scratch.distances());
            for (int i = 0; i <= width; i++) {
                selection.candidates[i] = DistanceKey.of(scratch.distance(i), scratch.node(i));
            }
            int degree = select(node, selection.candidates, width + 1, width, selection.pruned, scorer, scratch);
            write(list, selection.pruned, degree, width);
        }
    }

    /**
     * Algorithm 4: keeps, nearest first, each candidate that is nearer to the base than to any that was kept, so that
     * links go in different directions; all when there are fewer than {@code max}.
     *
     * <p>Each one kept is compared with all candidates behind it at once, and rules out those it is nearer to.
     *
     * <p>Equal distances are ordered by a permutation that differs from base to base. Where many are equal, as on a
     * grid, the lower nodes would else be chosen by everyone, and the others by none.
     *
     * @param candidates {@link DistanceKey}s to the base, reordered here
     * @return how many were written to {@code out}
     */
    private int select(
            int base, long[] candidates, int count, int max, int[] out, NodeScorer scorer, SearchScratch scratch) {
        int permutation = (int) HnswParameters.mix(base) & Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            candidates[i] ^= permutation;
        }
        Arrays.sort(candidates, 0, count);
        if (count < max) {
            for (int i = 0; i < count; i++) {
                out[i] = DistanceKey.node(candidates[i]) ^ permutation;
            }
            return count;
        }
        scratch.ensure(count);
        int kept = 0;
        int left = count;
        while (left > 0 && kept < max) {
            int nearest = DistanceKey.node(candidates[0]) ^ permutation;
            out[kept++] = nearest;
            if (kept == max || left == 1) {
                break;
            }
            for (int i = 1; i < left; i++) {
                scratch.setNode(i - 1, DistanceKey.node(candidates[i]) ^ permutation);
            }
            scorer.prepare(scratch.candidateQuery, nearest);
            scorer.distances(scratch.candidateQuery, scratch.nodes(), left - 1, scratch.distances());
            int still = 0;
            for (int i = 1; i < left; i++) {
                if (!(scratch.distance(i - 1) < DistanceKey.distance(candidates[i]))) {
                    candidates[still++] = candidates[i];
                }
            }
            left = still;
        }
        return kept;
    }
}
