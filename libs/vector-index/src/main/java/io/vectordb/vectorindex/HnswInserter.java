package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * Links new nodes into a graph: algorithm 1 of the paper with the neighbour selection of algorithm 4, without its
 * optional extension and without keeping pruned candidates, as hnswlib does it.
 *
 * <p>Nodes on their way out are walked through, and never linked to. Where there are hardly any others the nearest of
 * them link to a new node, so that it is found until the sweep has come by: by walks, and by the nodes that follow it.
 *
 * <p>Thread-safe: see {@link HnswGraph} for how threads insert side by side. Two that insert at the same time may not
 * see each other's node; with many more nodes than threads that costs no measurable recall.
 */
final class HnswInserter {

    /** How much wider than {@code efConstruction} the beam may get where nearly all nodes are removed. */
    private static final int MAX_WIDENING = 16;

    private final HnswGraph graph;
    private final VectorStore store;
    private final HnswParameters parameters;
    private final NodeLocks locks;
    /** What becomes the entry point if that is found removed when a sweep ends; changed under the lock of this. */
    private volatile long successor = HnswGraph.NO_ENTRY;

    HnswInserter(HnswGraph graph, VectorStore store, HnswParameters parameters, NodeLocks locks) {
        this.graph = graph;
        this.store = store;
        this.parameters = parameters;
        this.locks = locks;
    }

    /** Links a node that is stored and begun, and makes it live. */
    void insert(int node, NodeScorer scorer) {
        SearchScratch scratch = SearchScratch.local();
        NeighbourSelection selection = NeighbourSelection.local();
        int level = graph.level(node);
        long entry = graph.entry();
        while (entry == HnswGraph.NO_ENTRY) {
            if (isFirst(node, level)) {
                return;
            }
            entry = graph.entry();
        }
        int top = Math.min(level, HnswGraph.entryLevel(entry));
        selection.ensure(top + 1, parameters.m());
        int equal = choose(node, entry, top, scorer, scratch, selection);
        while (equal >= 0) {
            if (linkEqual(node, equal)) {
                return;
            }
            equal = choose(node, entry, top, scorer, scratch, selection);
        }
        for (int l = 0; l <= top; l++) {
            write(graph.list(node, l), selection.chosen[l], selection.degrees[l], graph.maxDegree(l));
        }
        for (int l = 0; l <= top; l++) {
            for (int i = 0; i < selection.degrees[l]; i++) {
                linkBack(selection.chosen[l][i], node, l, scorer, scratch, selection);
            }
            for (int i = 0; i < selection.waypointCounts[l]; i++) {
                linkFromWaypoint(selection.waypoints[l][i], node, l);
            }
        }
        graph.setState(node, HnswGraph.LIVE);
        offerEntry(node, selection.degrees[0] > 0 ? level : 0);
    }

    private synchronized boolean isFirst(int node, int level) {
        if (graph.entry() != HnswGraph.NO_ENTRY) {
            return false;
        }
        graph.setState(node, HnswGraph.LIVE);
        graph.setEntry(HnswGraph.entry(node, level));
        return true;
    }

    /** Makes a linked node the entry point if it is above that, and its successor if it is above that one. */
    void offerEntry(int node, int level) {
        long entry = graph.entry();
        if (level > HnswGraph.entryLevel(entry) || !graph.isLinkable(HnswGraph.entryPoint(entry))) {
            synchronized (this) {
                if (level > HnswGraph.entryLevel(graph.entry())) {
                    graph.setEntry(HnswGraph.entry(node, level));
                } else if (level > HnswGraph.entryLevel(successor)) {
                    successor = HnswGraph.entry(node, level);
                }
            }
        }
    }

    /** Forgets the successor; all linked nodes must be offered before the entry point is replaced. */
    synchronized void beginSuccession() {
        successor = HnswGraph.NO_ENTRY;
    }

    /** Replaces the entry point if it is on its way out: by no node, when there is none but such. */
    synchronized void replaceEntry() {
        long entry = graph.entry();
        if (entry != HnswGraph.NO_ENTRY && !graph.isLinkable(HnswGraph.entryPoint(entry))) {
            graph.setEntry(successor);
        }
    }

    /** Hangs a node into the chain of another, unless that is on its way out. */
    private boolean linkEqual(int node, int representative) {
        synchronized (locks.of(representative)) {
            if (!graph.isLinkable(representative)) {
                return false;
            }
            graph.setChained(node);
            graph.setState(node, HnswGraph.LIVE);
            graph.setNextEqual(node, graph.nextEqual(representative));
            graph.setNextEqual(representative, node);
            return true;
        }
    }

    /**
     * Chooses the neighbours of a node on the levels from {@code top} down to 0.
     *
     * @return a node with the same vector if one was met, so that the node needs no neighbours; else -1
     */
    private int choose(
            int node, long entry, int top, NodeScorer scorer, SearchScratch scratch, NeighbourSelection selection) {
        scorer.prepare(scratch.query, node);
        GraphWalk walk = walk(scorer, scratch);
        int nearest = walk.descend(entry, top);
        for (int l = top; l >= 0; l--) {
            int count = gather(walk, nearest, l, node, scratch, selection);
            // Nothing is at a distance from what is no number; a damaged file may hold such.
            nearest = scratch.beam.size() > 0 ? scratch.beam.node(0) : nearest;
            selection.waypointCounts[l] =
                    count < parameters.m() ? gatherWaypoints(scratch.beam, selection.waypoints[l]) : 0;
            int equal = equalAmong(node, scorer, scratch);
            if (equal >= 0) {
                return equal;
            }
            selection.degrees[l] = selection.select(node, count, parameters.m(), selection.chosen[l], scorer, scratch);
        }
        return -1;
    }

    private GraphWalk walk(NodeScorer scorer, SearchScratch scratch) {
        return new GraphWalk(graph, scorer, scratch, scratch.query, new CancellationCheck());
    }

    /**
     * Puts the linkable nodes of a level that are nearest to the query of the walk into the candidates. Where most of
     * those that are near are removed, as after a whole topic was, it looks further.
     */
    private int gather(
            GraphWalk walk, int start, int level, int node, SearchScratch scratch, NeighbourSelection selection) {
        Beam beam = scratch.beam;
        int ef = graph.widened(parameters.efConstruction());
        while (true) {
            walk.search(start, level, ef);
            selection.ensureCandidates(beam.size());
            int count = 0;
            for (int rank = 0; rank < beam.size(); rank++) {
                int candidate = beam.node(rank);
                if (graph.isLinkable(candidate) && candidate != node) {
                    selection.candidates[count++] = DistanceKey.of(beam.distance(rank), candidate);
                }
            }
            boolean isEnough = 2 * count >= parameters.efConstruction() || graph.removed() == 0;
            if (isEnough || beam.size() < ef || ef >= MAX_WIDENING * parameters.efConstruction()) {
                return count;
            }
            ef *= 2;
        }
    }

    private int gatherWaypoints(Beam beam, int[] waypoints) {
        int count = 0;
        for (int rank = 0; rank < beam.size() && count < waypoints.length; rank++) {
            if (graph.isLeaving(beam.node(rank))) {
                waypoints[count++] = beam.node(rank);
            }
        }
        return count;
    }

    private int equalAmong(int node, NodeScorer scorer, SearchScratch scratch) {
        scratch.setNode(0, node);
        scorer.distances(scratch.query, scratch.nodes(), 1, scratch.distances());
        // Equal vectors go through equal arithmetic, so their distances are equal to the last bit.
        float self = scratch.distance(0);
        Beam beam = scratch.beam;
        for (int rank = 0; rank < beam.size() && beam.distance(rank) <= self; rank++) {
            int other = beam.node(rank);
            if (beam.distance(rank) == self && other != node && graph.isLinkable(other) && store.isEqual(node, other)) {
                return other;
            }
        }
        return -1;
    }

    /**
     * Gives a linked node the neighbours on one level that a new node would get, beside those it has, and itself as a
     * neighbour to them.
     */
    void relink(int node, int level, NodeScorer scorer, SearchScratch scratch, NeighbourSelection selection) {
        long entry = graph.entry();
        if (entry == HnswGraph.NO_ENTRY || level > HnswGraph.entryLevel(entry)) {
            return;
        }
        selection.ensure(1, parameters.m());
        scorer.prepare(scratch.query, node);
        GraphWalk walk = walk(scorer, scratch);
        int count = gather(walk, walk.descend(entry, level), level, node, scratch, selection);
        int[] chosen = selection.chosen[0];
        int degree = selection.select(node, count, parameters.m(), chosen, scorer, scratch);
        for (int i = 0; i < degree; i++) {
            linkBack(node, chosen[i], level, scorer, scratch, selection);
            linkBack(chosen[i], node, level, scorer, scratch, selection);
        }
    }

    /** Replaces a list, under the lock of its node or before anybody knows the node. */
    static void write(long list, int[] nodes, int count, int width) {
        VarHandle.releaseFence();
        for (int i = 0; i < width; i++) {
            OffHeap.putInt(list + (long) i * Integer.BYTES, i < count ? nodes[i] : HnswGraph.END);
        }
    }

    /** Adds a neighbour to a node if it is not one, and drops the least useful one when it has too many. */
    private void linkBack(
            int node,
            int neighbour,
            int level,
            NodeScorer scorer,
            SearchScratch scratch,
            NeighbourSelection selection) {
        long list = graph.list(node, level);
        int width = graph.maxDegree(level);
        synchronized (locks.of(node)) {
            if (append(list, width, neighbour)) {
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
            int degree = selection.select(node, width + 1, width, selection.list, scorer, scratch);
            write(list, selection.list, degree, width);
        }
    }

    /** Adds a neighbour to a node if it is not one and there is a place free. */
    void linkIfRoom(int node, int neighbour, int level) {
        synchronized (locks.of(node)) {
            append(graph.list(node, level), graph.maxDegree(level), neighbour);
        }
    }

    /** Makes a node the neighbour of one on its way out, at the cost of another if need be. */
    private void linkFromWaypoint(int waypoint, int node, int level) {
        long list = graph.list(waypoint, level);
        int width = graph.maxDegree(level);
        synchronized (locks.of(waypoint)) {
            if (!append(list, width, node)) {
                VarHandle.releaseFence();
                OffHeap.putInt(list + (width - 1L) * Integer.BYTES, node);
            }
        }
    }

    /** Makes a node one of a list, unless that is full; says whether it is one. */
    private boolean append(long list, int width, int neighbour) {
        int length = graph.length(list, width);
        for (int i = 0; i < length; i++) {
            if (OffHeap.getInt(list + (long) i * Integer.BYTES) == neighbour) {
                return true;
            }
        }
        if (length == width) {
            return false;
        }
        VarHandle.releaseFence();
        OffHeap.putInt(list + (long) length * Integer.BYTES, neighbour);
        return true;
    }
}
