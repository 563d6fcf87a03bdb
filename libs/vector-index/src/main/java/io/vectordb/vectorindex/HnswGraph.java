package io.vectordb.vectorindex;

/**
 * A hierarchical navigable small world graph over the vectors of a {@link VectorStore}, after Malkov and Yashunin
 * (2018, arXiv:1603.09320), whose names it keeps. It grows at the hands of one {@link HnswInserter}.
 *
 * <p>Level 0 holds every node with at most {@code 2 * m} neighbours; level {@code l > 0} holds about one of {@code m}
 * nodes of level {@code l - 1}, with at most {@code m} neighbours. Neighbour lists hold neither the node itself nor a
 * duplicate, and the entry point lies on the top level.
 *
 * <p>A node whose vector equals, bit for bit, one that is found when it is inserted has no links: it hangs in a chain
 * from that other node, which stands for it in every walk. In a crowd of equal vectors, such as a passage that many
 * documents repeat, the heuristic would else link the crowd to itself alone, and a walk that entered it would not
 * leave.
 *
 * <p>Threading: one thread inserts while any number of threads search, without a lock. An insertion stores the vector,
 * links it both ways, and only then publishes the new {@code size} by a volatile write, followed by the new entry point
 * if it changed. A search reads the entry point, then the size, both volatile, and ignores every neighbour at or above
 * that size. So whatever node it follows was published before it began: its vector, its norm and its own first lists
 * happened before. Lists that are rewritten meanwhile are read slot by slot ({@link IntLists}): each slot holds some
 * node of then or now, none twice counted because of the visited set. A search may so miss a link that is being
 * replaced, which costs recall for the length of one insertion, and never sees anything invalid. What was inserted
 * before a search began, as {@link #size()} tells, takes part in it.
 *
 * <p>Memory: {@code 8 * m + 8} bytes per node, and {@code 4 * m} per node and upper level.
 */
final class HnswGraph {

    static final long NO_ENTRY = -1;

    private static final int LEVEL_0_SHIFT = 9;
    private static final int UPPER_SHIFT = 6;
    private static final int SINGLE_SHIFT = 12;

    private final VectorStore store;
    private final HnswParameters parameters;
    private final IntLists level0;
    private final IntLists upper;
    /** Per node the list of its level 1 among the upper lists, if it has one; those of higher levels follow. */
    private final IntLists firstUpper = new IntLists(1, SINGLE_SHIFT);

    /** Per node the next of the nodes with an equal vector. */
    private final IntLists nextEqual = new IntLists(1, SINGLE_SHIFT);

    private int upperSize;
    private volatile long entry = NO_ENTRY;
    private volatile int size;

    HnswGraph(VectorStore store, HnswParameters parameters) {
        this.store = store;
        this.parameters = parameters;
        level0 = new IntLists(parameters.maxDegree(0), LEVEL_0_SHIFT);
        upper = new IntLists(parameters.maxDegree(1), UPPER_SHIFT);
    }

    VectorStore store() {
        return store;
    }

    HnswParameters parameters() {
        return parameters;
    }

    /** The nodes that are linked: those that a search beginning now takes into account. */
    int size() {
        return size;
    }

    /** The entry point and its level, or {@link #NO_ENTRY}; to be read before the size. */
    long entry() {
        return entry;
    }

    static int entryPoint(long entry) {
        return (int) entry;
    }

    static int entryLevel(long entry) {
        return (int) (entry >> Integer.SIZE);
    }

    IntLists lists(int level) {
        return level == 0 ? level0 : upper;
    }

    /** The number of the neighbour list of a node that exists on this level. */
    int list(int node, int level) {
        return level == 0 ? node : firstUpper.first(node) + level - 1;
    }

    /** The next of the nodes with the same vector as this one, or {@link IntLists#END}; it may lie above a limit. */
    int nextEqual(int node) {
        return nextEqual.first(node);
    }

    /** Makes room for a node; writer only. */
    void ensure(int node) {
        level0.ensure(node + 1);
        firstUpper.ensure(node + 1);
        nextEqual.ensure(node + 1);
    }

    /** Makes the empty lists of a node on the levels from 1 to {@code level}; writer only. */
    void allocateUpper(int node, int level) {
        upper.ensure(upperSize + level);
        firstUpper.setFirst(node, upperSize);
        upperSize += level;
    }

    /** Makes a node visible to searches by way of a linked one with the same vector; writer only. */
    void publishEqual(int node, int linked) {
        nextEqual.setFirst(node, nextEqual.first(linked));
        nextEqual.setFirst(linked, node);
        size = node + 1;
    }

    /** Makes a linked node visible to searches; writer only. */
    void publish(int node, int level) {
        size = node + 1;
        if (entry == NO_ENTRY || level > entryLevel(entry)) {
            entry = (long) level << Integer.SIZE | node;
        }
    }

    /** What the links occupy, free room in the last chunks included. */
    long memoryBytes() {
        return level0.memoryBytes() + upper.memoryBytes() + firstUpper.memoryBytes() + nextEqual.memoryBytes();
    }
}
