package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * The walk of level 0 under a filter: nodes that fail are walked through, and the beam is as wide as there are nodes in
 * it that pass. A node passes when any that has its vector does.
 */
final class FilteredWalk {

    private final HnswGraph graph;
    private final NodeScorer scorer;
    private final SearchScratch scratch;
    private final CancellationCheck check;
    private final int limit;
    private int gathered;

    FilteredWalk(HnswGraph graph, NodeScorer scorer, SearchScratch scratch, CancellationCheck check) {
        this.graph = graph;
        this.scorer = scorer;
        this.scratch = scratch;
        this.check = check;
        limit = graph.allocated();
    }

    /** Leaves the {@code ef} nearest nodes that pass in the beam of the scratch. */
    void search(int start, int ef, OrdinalFilter filter) {
        scratch.visited.reset(limit);
        LongHeap candidates = scratch.candidates;
        candidates.clear();
        Beam beam = scratch.beam;
        beam.reset(ef);
        scratch.visited.add(start);
        scratch.setNode(0, start);
        gathered = 1;
        offer(beam, filter);
        while (!candidates.isEmpty()) {
            long candidate = candidates.pop();
            if (DistanceKey.distance(candidate) > beam.bound()) {
                break;
            }
            gather(DistanceKey.node(candidate));
            offer(beam, filter);
        }
    }

    private void offer(Beam beam, OrdinalFilter filter) {
        if (gathered == 0) {
            return;
        }
        scorer.distances(scratch.query, scratch.nodes(), gathered, scratch.distances());
        check.visit(gathered);
        for (int i = 0; i < gathered; i++) {
            float distance = scratch.distance(i);
            if (distance < beam.bound()) {
                int node = scratch.node(i);
                scratch.candidates.push(DistanceKey.of(distance, node));
                if (anyPasses(node, filter)) {
                    beam.insert(distance, node);
                }
            }
        }
    }

    private boolean anyPasses(int first, OrdinalFilter filter) {
        for (int node = first; node != HnswGraph.END; node = graph.nextEqual(node)) {
            if (graph.isLive(node) && filter.test(graph.ordinal(node))) {
                return true;
            }
        }
        return false;
    }

    private void gather(int node) {
        long at = graph.list(node, 0);
        long end = at + (long) graph.maxDegree(0) * Integer.BYTES;
        int count = 0;
        for (; at < end; at += Integer.BYTES) {
            int neighbour = OffHeap.getInt(at);
            if (neighbour == HnswGraph.END) {
                break;
            }
            if (neighbour < limit && scratch.visited.add(neighbour)) {
                scratch.setNode(count++, neighbour);
            }
        }
        VarHandle.acquireFence();
        gathered = count;
    }
}
