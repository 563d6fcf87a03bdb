package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * The buffers of a search, one set per thread and shared by all indexes that the thread searches, so that a search
 * allocates nothing but its result.
 *
 * <p>They hold a byte per node of the largest index the thread has searched: search on threads of a pool, not on
 * virtual threads that come and go.
 */
final class SearchScratch {

    private static final ThreadLocal<SearchScratch> LOCAL = ThreadLocal.withInitial(SearchScratch::new);

    final Query query = new Query();
    final VisitedSet visited = new VisitedSet();
    /** Nodes still to be expanded, nearest first. */
    final LongHeap candidates = new LongHeap();
    /** Complements of what was found, so farthest first. */
    final LongHeap results = new LongHeap();

    /** What an exact comparison has kept. */
    final TopK top = new TopK();

    private float bound;
    private int[] nodes = new int[64];
    private float[] distances = new float[64];
    private long[] keys = new long[256];

    static SearchScratch local() {
        return LOCAL.get();
    }

    /** Room for so many nodes, rounded up to what the kernels take at a time. */
    void ensureNodes(int count) {
        int needed = (count + VectorKernels.WIDTH - 1) / VectorKernels.WIDTH * VectorKernels.WIDTH;
        if (nodes.length < needed) {
            nodes = new int[needed];
            distances = new float[needed];
        }
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

    int[] nodes() {
        return nodes;
    }

    float[] distances() {
        return distances;
    }

    /** What was found, nearest first, as {@link DistanceKey}s; the length is the size of the results. */
    long[] sortedResults() {
        int count = results.size();
        if (keys.length < count) {
            keys = new long[Math.max(count, 2 * keys.length)];
        }
        results.copyTo(keys);
        for (int i = 0; i < count; i++) {
            keys[i] = ~keys[i];
        }
        Arrays.sort(keys, 0, count);
        return keys;
    }
}
