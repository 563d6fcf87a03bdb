package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * Algorithm 2 of the paper, and the descent of algorithm 5: walks a graph towards the query of a {@link SearchScratch}.
 *
 * <p>The unvisited neighbours of a node are gathered first and compared together, so that their cache misses overlap.
 */
@SuppressWarnings("NullAway.Init") // by begin
final class GraphWalk {

    private static final Kernels KERNELS = KernelProvider.best();

    private final SearchScratch scratch;
    private HnswGraph graph;
    private NodeScorer scorer;
    private Query query;
    private CancellationCheck check;
    /** Nodes at or above it have come since this walk began. */
    private int limit;
    /** How many nodes of the scratch the last gathering filled. */
    private int gathered;

    /** For one walk after another of the thread of the scratch, each from {@link #begin} on. */
    GraphWalk(SearchScratch scratch) {
        this.scratch = scratch;
    }

    GraphWalk(HnswGraph graph, NodeScorer scorer, SearchScratch scratch, Query query, CancellationCheck check) {
        this(scratch);
        begin(graph, scorer, query, check);
    }

    void begin(HnswGraph searched, NodeScorer distances, Query target, CancellationCheck cancellation) {
        graph = searched;
        scorer = distances;
        query = target;
        check = cancellation;
        limit = searched.allocated();
        scratch.ensure(searched.maxDegree(0) + 1);
    }

    /** The node of {@code level + 1} nearest to the query that a greedy walk from the entry point ends at. */
    int descend(long entry, int level) {
        int nearest = HnswGraph.entryPoint(entry);
        int top = HnswGraph.entryLevel(entry);
        if (top <= level) {
            return nearest;
        }
        scratch.setNode(0, nearest);
        compare(1);
        float distance = scratch.distance(0);
        for (int l = top; l > level; l--) {
            boolean moved = true;
            while (moved) {
                moved = false;
                gather(nearest, l, false);
                compare(gathered);
                for (int i = 0; i < gathered; i++) {
                    if (scratch.distance(i) < distance) {
                        distance = scratch.distance(i);
                        nearest = scratch.node(i);
                        moved = true;
                    }
                }
            }
        }
        return nearest;
    }

    /** Leaves the {@code ef} nearest nodes of a level in the beam of the scratch, deleted ones included. */
    void search(int start, int level, int ef) {
        scratch.visited.reset(limit);
        Beam beam = scratch.beam;
        beam.reset(ef);
        scratch.visited.add(start);
        scratch.setNode(0, start);
        gathered = 1;
        offer(beam);
        for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
            gather(node, level, true);
            prefetchNext(beam, level);
            offer(beam);
        }
    }

    /**
     * Asks for the neighbours of the node that will be expanded next, unless a nearer one turns up, while the codes of
     * this one's are on their way.
     */
    private void prefetchNext(Beam beam, int level) {
        int next = beam.peekNext();
        if (next >= 0) {
            KERNELS.prefetch(graph.list(next, level), (long) graph.maxDegree(level) * Integer.BYTES);
        }
    }

    private void offer(Beam beam) {
        compare(gathered);
        long nodes = scratch.nodes();
        long distances = scratch.distances();
        float bound = beam.bound();
        for (int i = 0; i < gathered; i++) {
            float distance = OffHeap.getFloat(distances + (long) i * Float.BYTES);
            if (distance < bound) {
                beam.insert(distance, OffHeap.getInt(nodes + (long) i * Integer.BYTES));
                bound = beam.bound();
            }
        }
    }

    private void gather(int node, int level, boolean unvisitedOnly) {
        long at = graph.list(node, level);
        long end = at + (long) graph.maxDegree(level) * Integer.BYTES;
        long out = scratch.nodes();
        VisitedSet visited = scratch.visited;
        int count = 0;
        for (; at < end; at += Integer.BYTES) {
            int neighbour = OffHeap.getInt(at);
            if (neighbour == HnswGraph.END) {
                break;
            }
            OffHeap.putInt(out + (long) count * Integer.BYTES, neighbour);
            count += neighbour < limit && (!unvisitedOnly || visited.add(neighbour)) ? 1 : 0;
        }
        VarHandle.acquireFence();
        gathered = count;
    }

    private void compare(int count) {
        if (count > 0) {
            scorer.distances(query, scratch.nodes(), count, scratch.distances());
            check.visit(count);
        }
    }
}
