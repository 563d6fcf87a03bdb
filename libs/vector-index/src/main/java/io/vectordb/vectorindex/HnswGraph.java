package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.VarHandle;

/**
 * A hierarchical navigable small world graph, after Malkov and Yashunin (2018, arXiv:1603.09320), whose names it keeps.
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
 * <p>Layout: a record of 16 bytes per node (ordinal, first upper list, next of the equal nodes, state), a list of {@code
 * 2 * m} ints per node for level 0, and a list of {@code m} ints per node and upper level. A list ends at its width or
 * at the first {@link #END}.
 *
 * <p>Threading: any number of threads insert, each list being changed under a lock of its node, while any number of
 * threads search without one. An insertion first writes all that belongs to the node, and only then, behind a release
 * fence, puts its number into the lists of others. A reader puts an acquire fence between the reading of a list and the
 * use of its numbers; so whatever number it meets belongs to a node that is whole. Lists that are rewritten meanwhile are
 * read slot by slot: a slot is one aligned int, which is never torn, and holds some neighbour of then or now; the
 * visited set takes care of doubles. A walk may so miss a link that is being replaced, which costs recall for the length
 * of one insertion, and never sees anything invalid.
 */
final class HnswGraph {

    static final long NO_ENTRY = -1;
    static final int END = -1;

    static final int NODE_BYTES = 16;
    private static final int ORDINAL = 0;
    private static final int FIRST_UPPER = 4;
    private static final int NEXT_EQUAL = 8;
    private static final int STATE = 12;

    /** What a node is. */
    static final byte ABSENT = -1;

    static final byte LIVE = 0;
    static final byte DELETED = 1;

    private final int m;
    private final Region nodes;
    private final Region level0;
    private final Region upper;

    private int upperSize;
    private volatile long entry;
    private volatile int allocated;

    HnswGraph(int m, Region nodes, Region level0, Region upper) {
        this(m, nodes, level0, upper, 0, 0, NO_ENTRY);
    }

    HnswGraph(int m, Region nodes, Region level0, Region upper, int allocated, int upperSize, long entry) {
        this.m = m;
        this.nodes = nodes;
        this.level0 = level0;
        this.upper = upper;
        this.allocated = allocated;
        this.upperSize = upperSize;
        this.entry = entry;
    }

    int m() {
        return m;
    }

    /** The longest a list of this level may be. */
    int maxDegree(int level) {
        return level == 0 ? 2 * m : m;
    }

    /** One more than the greatest node that may be met. */
    int allocated() {
        return allocated;
    }

    int upperSize() {
        return upperSize;
    }

    /** The entry point and its level, or {@link #NO_ENTRY}. */
    long entry() {
        return entry;
    }

    static int entryPoint(long entry) {
        return (int) entry;
    }

    static int entryLevel(long entry) {
        return (int) (entry >> Integer.SIZE);
    }

    static long entry(int node, int level) {
        return (long) level << Integer.SIZE | node;
    }

    void setEntry(long entry) {
        this.entry = entry;
    }

    /** The address of the neighbour list of a node that exists on this level. */
    long list(int node, int level) {
        return level == 0
                ? level0.address(node)
                : upper.address(OffHeap.getInt(nodes.address(node) + FIRST_UPPER) + level - 1);
    }

    /** The length of a list that nobody changes meanwhile. */
    int length(long list, int width) {
        int length = 0;
        while (length < width && OffHeap.getInt(list + (long) length * Integer.BYTES) != END) {
            length++;
        }
        return length;
    }

    int ordinal(int node) {
        return OffHeap.getInt(nodes.address(node) + ORDINAL);
    }

    /** The next of the nodes with the same vector as this one, or {@link #END}. */
    int nextEqual(int node) {
        int next = OffHeap.getInt(nodes.address(node) + NEXT_EQUAL);
        VarHandle.acquireFence();
        return next;
    }

    void setNextEqual(int node, int next) {
        VarHandle.releaseFence();
        OffHeap.putInt(nodes.address(node) + NEXT_EQUAL, next);
    }

    /** Whether a search may return a node. */
    boolean isLive(int node) {
        return OffHeap.getByte(nodes.address(node) + STATE) == LIVE;
    }

    byte state(int node) {
        return OffHeap.getByte(nodes.address(node) + STATE);
    }

    void setState(int node, byte state) {
        VarHandle.releaseFence();
        OffHeap.putByte(nodes.address(node) + STATE, state);
    }

    /** The top level of a node. */
    int level(int node) {
        return OffHeap.getByte(nodes.address(node) + STATE + 1);
    }

    /** Makes room for one more node and returns it; one thread at a time. */
    void ensure(int count) {
        nodes.ensure(count);
        level0.ensure(count);
    }

    /** Makes nodes up to here known to walks; they hold what their regions were filled with. */
    void setAllocated(int count) {
        allocated = count;
    }

    /** Begins a node with empty lists; one thread at a time. */
    void begin(int node, int ordinal, int level) {
        long record = nodes.address(node);
        OffHeap.putInt(record + ORDINAL, ordinal);
        OffHeap.putInt(record + NEXT_EQUAL, END);
        OffHeap.putByte(record + STATE, ABSENT);
        OffHeap.putByte(record + STATE + 1, (byte) level);
        OffHeap.putInt(record + FIRST_UPPER, upperSize);
        OffHeap.fill(level0.address(node), (long) maxDegree(0) * Integer.BYTES, (byte) END);
        upper.ensure(upperSize + level);
        upperSize += level;
    }

    /** What the links occupy, free room in the last chunks included. */
    long memoryBytes() {
        return nodes.memoryBytes() + level0.memoryBytes() + upper.memoryBytes();
    }

    void release() {
        nodes.release();
        level0.release();
        upper.release();
    }
}
