package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * Takes nodes that leave out of the list of another, and fills their places: delete consolidation of FreshDiskANN (Singh
 * et al., 2021, arXiv:2105.09613, algorithm 4), for the lists of all levels and with the selection of HNSW.
 *
 * <p>What stays keeps its place. The places of those that leave go to neighbours of theirs, and where these leave too,
 * to theirs; nearest first, each nearer to the node than to any that it has, and never more than have left. A new
 * neighbour gets the node as one of its own if it has a place free. So lists grow neither thinner nor longer, and few
 * nodes lose all that lead to them. A node that loses most of its neighbours, because all around it leaves, is linked
 * like a new one.
 *
 * <p>Thread-safe, for different nodes.
 */
final class ListRepair {

    /** How many nodes that leave are asked for their neighbours, per place in a list. */
    private static final int MAX_ASKED = 2;
    /** How many candidates are tried per place to fill, and beside. */
    private static final int TRIED = 4;

    private static final int TRIED_BESIDE = 8;

    private final HnswGraph graph;
    private final HnswInserter inserter;
    private final NodeLocks locks;

    ListRepair(HnswGraph graph, HnswInserter inserter, NodeLocks locks) {
        this.graph = graph;
        this.inserter = inserter;
        this.locks = locks;
    }

    /** Takes all nodes of this state out of the lists of a node. */
    void repair(int node, byte leaving, NodeScorer scorer) {
        SearchScratch scratch = SearchScratch.local();
        NeighbourSelection selection = NeighbourSelection.local();
        selection.ensure(1, graph.m());
        for (int level = graph.level(node); level >= 0; level--) {
            boolean isThin;
            synchronized (locks.of(node)) {
                isThin = repair(node, level, leaving, scorer, scratch, selection);
            }
            if (isThin && graph.isLinkable(node)) {
                inserter.relink(node, level, scorer, scratch, selection);
                continue;
            }
            for (int i = selection.addedFrom; i < selection.addedTo && graph.isLinkable(node); i++) {
                inserter.linkIfRoom(selection.list[i], node, level);
            }
        }
    }

    /** Returns whether the list has become much shorter. */
    private boolean repair(
            int node, int level, byte leaving, NodeScorer scorer, SearchScratch scratch, NeighbourSelection selection) {
        long list = graph.list(node, level);
        int width = graph.maxDegree(level);
        int length = graph.length(list, width);
        selection.ensureLeaving(MAX_ASKED * width);
        int kept = 0;
        int left = 0;
        for (int i = 0; i < length; i++) {
            int neighbour = OffHeap.getInt(list + (long) i * Integer.BYTES);
            if (graph.state(neighbour) == leaving) {
                selection.leaving[left++] = neighbour;
            } else {
                selection.list[kept++] = neighbour;
            }
        }
        if (left == 0) {
            selection.addedTo = 0;
            return false;
        }
        int count = gather(node, level, kept, left, leaving, scratch, selection);
        count = nearest(node, count, left, scorer, scratch, selection);
        int degree = selection.fill(node, count, kept, length, scorer, scratch);
        HnswInserter.write(list, selection.list, degree, width);
        selection.addedFrom = kept;
        selection.addedTo = degree;
        return degree < graph.m() / 2 && 2 * degree < length;
    }

    /** Puts the linkable neighbours of those that leave into the candidates, without distances. */
    private int gather(
            int node,
            int level,
            int kept,
            int left,
            byte leaving,
            SearchScratch scratch,
            NeighbourSelection selection) {
        int width = graph.maxDegree(level);
        int limit = graph.allocated();
        VisitedSet visited = scratch.visited;
        visited.reset(limit);
        visited.add(node);
        for (int i = 0; i < kept; i++) {
            visited.add(selection.list[i]);
        }
        for (int i = 0; i < left; i++) {
            visited.add(selection.leaving[i]);
        }
        int asked = left;
        int count = 0;
        int enough = tried(left);
        for (int i = 0; i < asked && (i < left || count < enough); i++) {
            selection.ensureCandidates(count + width);
            long list = graph.list(selection.leaving[i], level);
            for (int j = 0; j < width; j++) {
                int neighbour = OffHeap.getInt(list + (long) j * Integer.BYTES);
                if (neighbour == HnswGraph.END) {
                    break;
                }
                VarHandle.acquireFence();
                if (neighbour >= limit || !visited.add(neighbour)) {
                    continue;
                }
                if (graph.isLinkable(neighbour)) {
                    selection.candidates[count++] = neighbour;
                } else if (graph.state(neighbour) == leaving && asked < selection.leaving.length) {
                    selection.leaving[asked++] = neighbour;
                }
            }
        }
        return count;
    }

    private static int tried(int left) {
        return TRIED * left + TRIED_BESIDE;
    }

    /** Gives the candidates their distances, and leaves as many of the nearest as will be tried. */
    private int nearest(
            int node, int count, int left, NodeScorer scorer, SearchScratch scratch, NeighbourSelection selection) {
        if (count == 0) {
            return 0;
        }
        scratch.ensure(count);
        for (int i = 0; i < count; i++) {
            scratch.setNode(i, (int) selection.candidates[i]);
        }
        scorer.prepare(scratch.candidateQuery, node);
        scorer.distances(scratch.candidateQuery, scratch.nodes(), count, scratch.distances());
        for (int i = 0; i < count; i++) {
            selection.candidates[i] = DistanceKey.of(scratch.distance(i), scratch.node(i));
        }
        return selection.nearest(count, tried(left));
    }
}
