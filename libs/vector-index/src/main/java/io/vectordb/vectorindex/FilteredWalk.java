package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * The walks of level 0 under a filter. A node passes when any that has its vector does.
 *
 * <p>The plain walk goes through nodes that fail, and its beam is as wide as there are nodes in it that pass.
 *
 * <p>The two-hop walk expands nodes that pass alone, as ACORN-1 does (Patel et al., 2024, arXiv:2403.04871): the
 * neighbours of those of its neighbours that fail count as its own. It computes no distance of a node that fails, and
 * begins at what passed in a sample as well, so that it gets to where nodes pass even if that is far from the query.
 *
 * <p>A walk is given up once it has cost as much as its alternative would. One object per thread.
 */
@SuppressWarnings("NullAway.Init") // by begin
final class FilteredWalk {

    private static final Kernels KERNELS = KernelProvider.best();

    /** Nodes of a sample: an even one, and the same in every search. */
    static final int SAMPLE = 256;

    /** A two-hop walk finds as much as a plain one does with a beam narrower by so many times or more. */
    static final int TWO_HOP_WIDENING = 2;

    private static final int MEASURED_LISTS = 16;

    /** Nodes that pass at which a two-hop walk begins, at most. */
    private static final int MAX_SEEDS = 64;
    /** An odd number, so that its multiples visit all places of a sample, and any first few of them evenly. */
    private static final int SAMPLE_STRIDE = 97;
    /** Nodes behind which a two-hop walk looks at once, so that the misses of one overlap with those of the others. */
    private static final int GROUP = 4;

    /** Whether the walk cost far more than was expected: the filter led it away from the query. */
    boolean isAstray;

    private final SearchScratch scratch;
    private final int[] seeds = new int[MAX_SEEDS];
    private HnswGraph graph;
    private NodeScorer scorer;
    private OrdinalFilter filter;
    private CancellationCheck check;
    private int limit;
    private int width;
    private int visitedBefore;
    private int tested;
    private boolean isTwoHop;
    private int seedCount;
    /** How many nodes of the scratch are to be compared next. */
    private int gathered;

    private int[] near = {};
    private int[] fresh = {};

    FilteredWalk(SearchScratch scratch) {
        this.scratch = scratch;
    }

    void begin(HnswGraph searched, NodeScorer distances, OrdinalFilter passing, CancellationCheck cancellation) {
        graph = searched;
        scorer = distances;
        filter = passing;
        check = cancellation;
        limit = searched.allocated();
        width = searched.maxDegree(0);
        visitedBefore = cancellation.visited();
        tested = 0;
        seedCount = 0;
        if (near.length < width) {
            near = new int[width];
            fresh = new int[GROUP * width];
        }
        // A two-hop expansion gathers at most two lists' worth before it begins another group.
        scratch.ensure(Math.max(MAX_SEEDS + 1, (GROUP + 2) * width));
    }

    /** Tests a sample, keeps some of what passes as seeds of a walk, and returns how many passed of {@link #SAMPLE}. */
    int sample() {
        int passed = 0;
        for (int i = 0; i < SAMPLE; i++) {
            int place = i * SAMPLE_STRIDE & SAMPLE - 1;
            int node = (int) ((2L * place + 1) * limit / (2 * SAMPLE));
            if (graph.isLive(node) && filter.test(graph.ordinal(node))) {
                if (passed < MAX_SEEDS) {
                    seeds[passed] = node;
                }
                passed++;
            }
        }
        seedCount = Math.min(passed, MAX_SEEDS);
        return passed;
    }

    /** The mean length of some of the lists: where vectors have few dimensions they are much shorter than they may be. */
    double meanDegree() {
        int links = 0;
        for (int i = 0; i < MEASURED_LISTS; i++) {
            links += graph.length(graph.list((int) ((2L * i + 1) * limit / (2 * MEASURED_LISTS)), 0), width);
        }
        return (double) links / MEASURED_LISTS;
    }

    boolean hasSeeds() {
        return seedCount > 0;
    }

    /** What the walk has cost so far. */
    double spent(FilterCosts costs) {
        return costs.spent(check.visited() - visitedBefore, tested, isTwoHop);
    }

    /** Leaves the {@code ef} nearest nodes that pass in the beam of the scratch; false when it was given up. */
    boolean walk(int start, int ef, FilterCosts costs, double budget) {
        isTwoHop = false;
        LongHeap candidates = scratch.candidates;
        candidates.clear();
        Beam beam = scratch.beam;
        beam.reset(ef);
        scratch.visited.reset(limit);
        scratch.visited.add(start);
        scratch.setNode(0, start);
        gathered = 1;
        compare();
        offer(beam);
        while (!candidates.isEmpty()) {
            long candidate = candidates.pop();
            if (DistanceKey.distance(candidate) > beam.bound()) {
                break;
            }
            gather(DistanceKey.node(candidate));
            if (!candidates.isEmpty()) {
                prefetch(DistanceKey.node(candidates.top()));
            }
            compare();
            offer(beam);
            if (spent(costs) > budget) {
                return false;
            }
        }
        return true;
    }

    private void compare() {
        if (gathered > 0) {
            scorer.distances(scratch.query, scratch.nodes(), gathered, scratch.distances());
            check.visit(gathered);
        }
    }

    private void offer(Beam beam) {
        float bound = beam.bound();
        for (int i = 0; i < gathered; i++) {
            float distance = scratch.distance(i);
            if (distance < bound) {
                int node = scratch.node(i);
                scratch.candidates.push(DistanceKey.of(distance, node));
                if (passes(node)) {
                    beam.insert(distance, node);
                    bound = beam.bound();
                }
            }
        }
    }

    private boolean passes(int first) {
        for (int node = first; node != HnswGraph.END; node = graph.nextEqual(node)) {
            tested++;
            if (graph.isLive(node) && filter.test(graph.ordinal(node))) {
                return true;
            }
        }
        return false;
    }

    private void gather(int node) {
        gathered = unvisited(node, fresh, 0);
        for (int i = 0; i < gathered; i++) {
            scratch.setNode(i, fresh[i]);
        }
    }

    /** Adds the neighbours of a node that were not met yet to the array, and returns how many are in it then. */
    private int unvisited(int node, int[] out, int from) {
        VisitedSet visited = scratch.visited;
        long at = graph.list(node, 0);
        long end = at + (long) width * Integer.BYTES;
        int count = from;
        for (; at < end; at += Integer.BYTES) {
            int neighbour = OffHeap.getInt(at);
            if (neighbour == HnswGraph.END) {
                break;
            }
            out[count] = neighbour;
            count += neighbour < limit && visited.add(neighbour) ? 1 : 0;
        }
        VarHandle.acquireFence();
        return count;
    }

    private void prefetch(int node) {
        KERNELS.prefetch(graph.list(node, 0), (long) width * Integer.BYTES);
    }

    /**
     * Leaves nodes that pass in the beam of the scratch, nearly always the {@code ef} nearest; false when it was given
     * up.
     */
    boolean walkTwoHop(int start, int ef, FilterCosts costs, double budget) {
        isTwoHop = true;
        scratch.visited.reset(limit);
        scratch.bridged.reset(limit);
        Beam beam = scratch.beam;
        beam.reset(ef);
        gathered = 0;
        for (int i = 0; i < seedCount; i++) {
            fresh[0] = seeds[i];
            gatherPassing(scratch.visited.add(seeds[i]) ? 1 : 0);
        }
        fresh[0] = start;
        gatherPassing(scratch.visited.add(start) ? 1 : 0);
        compare();
        offerPassing(beam);
        gathered = 0;
        expandTwoHop(start);
        compare();
        offerPassing(beam);
        for (int node = beam.expandNext(); node >= 0; node = beam.expandNext()) {
            gathered = 0;
            expandTwoHop(node);
            int next = beam.peekNext();
            if (next >= 0) {
                prefetch(next);
            }
            compare();
            offerPassing(beam);
            if (spent(costs) > budget) {
                return false;
            }
        }
        return true;
    }

    private void expandTwoHop(int node) {
        int count = neighbours(node);
        int unmet = 0;
        for (int i = 0; i < count; i++) {
            fresh[unmet] = near[i];
            unmet += scratch.visited.add(near[i]) ? 1 : 0;
        }
        gatherPassing(unmet);
        for (int i = 0; i < count && gathered < 2 * width; ) {
            int end = Math.min(count, i + GROUP);
            unmet = 0;
            for (; i < end; i++) {
                if (scratch.bridged.add(near[i])) {
                    unmet = unvisited(near[i], fresh, unmet);
                }
            }
            gatherPassing(unmet);
        }
    }

    private int neighbours(int node) {
        long at = graph.list(node, 0);
        long end = at + (long) width * Integer.BYTES;
        int count = 0;
        for (; at < end; at += Integer.BYTES) {
            int neighbour = OffHeap.getInt(at);
            if (neighbour == HnswGraph.END) {
                break;
            }
            near[count] = neighbour;
            count += neighbour < limit ? 1 : 0;
        }
        VarHandle.acquireFence();
        for (int i = 0; i < count; i++) {
            prefetch(near[i]);
        }
        return count;
    }

    /** Gathers those of the fresh nodes that pass; nobody need look behind them, since they are expanded themselves. */
    private void gatherPassing(int count) {
        for (int i = 0; i < count; i++) {
            int node = fresh[i];
            if (passes(node)) {
                scratch.bridged.add(node);
                scratch.setNode(gathered++, node);
            }
        }
    }

    private void offerPassing(Beam beam) {
        float bound = beam.bound();
        for (int i = 0; i < gathered; i++) {
            float distance = scratch.distance(i);
            if (distance < bound) {
                beam.insert(distance, scratch.node(i));
                bound = beam.bound();
            }
        }
    }
}
