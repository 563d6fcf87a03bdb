package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The buffers of a search, one set per thread and shared by all indexes that the thread searches, so that a search
 * allocates nothing but its result.
 *
 * <p>They hold a byte per node of the largest index the thread has searched: search on threads of a pool, not on
 * virtual threads that come and go.
 */
final class SearchScratch {

    private static final ThreadLocal<SearchScratch> LOCAL = ThreadLocal.withInitial(SearchScratch::new);
    private static final long LINE_BYTES = 64;

    final Query query = new Query();
    /** For distances between candidates. */
    final Query candidateQuery = new Query();

    final VisitedSet visited = new VisitedSet();
    final Beam beam = new Beam();
    /** Nodes still to be expanded by a filtered walk, nearest first. */
    final LongHeap candidates = new LongHeap();
    /** What a range search has found, farthest first: complements of keys. */
    final LongHeap found = new LongHeap();

    /** Nodes that a two-hop walk need not look behind: they pass, or it has. */
    final VisitedSet bridged = new VisitedSet();

    final GraphWalk walk = new GraphWalk(this);
    final FilteredWalk filteredWalk = new FilteredWalk(this);
    final FilterCosts costs = new FilterCosts();
    final PassingNodes passing = new PassingNodes();
    final CancellationCheck check = new CancellationCheck();

    /** Ordinals of what was compared again. */
    final IntSet records = new IntSet();

    /** What an exact comparison has kept. */
    final TopK top = new TopK();

    private float bound;
    private long[] keys = new long[256];
    private MemorySegment memory = MemorySegment.NULL;
    /** Where in the memory they are: asked for in the innermost loops. */
    private long nodes;

    private long distances;
    private int capacity;

    SearchScratch() {
        ensure(64);
    }

    static SearchScratch local() {
        return LOCAL.get();
    }

    /** Room for so many nodes and their distances; what is in the buffers is lost when they grow. */
    void ensure(int count) {
        if (capacity < count) {
            capacity = Math.max(count, 2 * capacity);
            memory = Arena.ofAuto().allocate(2L * Integer.BYTES * capacity, LINE_BYTES);
            nodes = memory.address();
            distances = nodes + (long) Integer.BYTES * capacity;
        }
    }

    /** The address of the nodes that are to be compared. */
    long nodes() {
        return nodes;
    }

    /** The address of their distances. */
    long distances() {
        return distances;
    }

    int node(int index) {
        return OffHeap.getInt(nodes + (long) index * Integer.BYTES);
    }

    void setNode(int index, int node) {
        OffHeap.putInt(nodes + (long) index * Integer.BYTES, node);
    }

    float distance(int index) {
        return OffHeap.getFloat(distances + (long) index * Float.BYTES);
    }

    /** {@link DistanceKey}s, at least so many; they stay when they grow no further. */
    long[] keys(int count) {
        if (keys.length < count) {
            keys = new long[Math.max(count, 2 * keys.length)];
        }
        return keys;
    }

    /** Begins to keep the {@code k} nearest in {@link #top}. */
    void resetTop(int k) {
        top.reset(k);
        bound = Float.POSITIVE_INFINITY;
    }

    /** Offers a node and its distance in double precision to {@link #top}. */
    void offerTop(VectorStore store, double distance, int node) {
        if (top.offer(distance, node) && top.isFull()) {
            bound = query.walkBound(store, top.worst());
        }
    }

    /** The walk distance above which nothing can change {@link #top} any more. */
    float bound() {
        return bound;
    }
}
