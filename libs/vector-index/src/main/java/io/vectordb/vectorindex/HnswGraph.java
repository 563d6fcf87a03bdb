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
 * <p>Layout: a record of 16 bytes per node (ordinal, first upper list, next of the equal nodes; then a byte each: state,
 * level, whether it hangs in a chain, nothing), a list of {@code 2 * m} ints per node for level 0, and a list of {@code
 * m} ints per node and upper level. A list ends at its width or at the first {@link #END}.
 *
 * <p>A removed node stays in the lists, as a waypoint, until {@link Tombstones} has taken it out; then its number is
 * given to another vector. That one takes over the level and the upper lists of the number: levels are independent of
 * the vectors, so they stay distributed as they were, and no upper list is ever lost.
 *
 * <p>Threading: any number of threads insert, each list being changed under a lock of its node, while any number of
 * threads search without one. An insertion first writes all that belongs to the node, and only then, behind a release
 * fence, puts its number into the lists of others. A reader puts an acquire fence between the reading of a list and the
 * use of its numbers; so whatever number it meets belongs to a node that is whole. The same holds of the state of a node,
 * for those who come by its number otherwise. Lists that are rewritten meanwhile are
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
    private static final int LEVEL = 13;
    private static final int CHAINED = 14;

    /** The state of a node that is not inserted yet, or free. */
    static final byte ABSENT = -1;

    /** The state of a node that a search may return. */
    static final byte LIVE = 0;
    /** The state of a removed node in whose chain there are others: it stays in the lists and is linked to. */
    static final byte STANDING = 1;
    /** The lesser of the two states of a removed node on its way out: it may be walked through, not linked to. */
    private static final byte LEAVING = 2;

    private final int m;
    private final Region nodes;
    private final Region level0;
    private final Region upper;

    private int upperSize;
    private volatile long entry;
    private volatile int allocated;
    private volatile boolean isReused;
    private volatile int removed;
    private volatile int free;

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

    /** How many nodes were removed and not taken out of the lists yet. */
    int removed() {
        return removed;
    }

    /** How many numbers wait for another vector. */
    int free() {
        return free;
    }

    /** Whether a number may be given to another vector while a search that begins now is under way. */
    boolean isReused() {
        return isReused;
    }

    /** Announces that numbers will be given to other vectors after the next grace period. */
    void announceReuse() {
        isReused = true;
    }

    /** About how many nodes a search may return: those that are being added count already. */
    int live() {
        return allocated - free - removed;
    }

    void setRemoved(int removed, int free) {
        this.removed = removed;
        this.free = free;
    }

    /** The width of a beam in which beside the removed nodes there nearly always is room for {@code ef} others. */
    int widened(int ef) {
        int gone = removed;
        if (gone == 0) {
            return ef;
        }
        double share = Math.min(0.5, gone / (double) Math.max(1, allocated - free));
        double met = ef * share / (1 - share);
        return (int) Math.min(Integer.MAX_VALUE, ef + met + 2 * Math.sqrt(met) + 1);
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
        return state(node) == LIVE;
    }

    /** Whether a search may return a node or one of its chain. */
    boolean hasLive(int first) {
        for (int node = first; node != END; node = nextEqual(node)) {
            if (isLive(node)) {
                return true;
            }
        }
        return false;
    }

    /** Whether others may link to a node that they met in a list. */
    boolean isLinkable(int node) {
        byte state = state(node);
        return state == LIVE || state == STANDING;
    }

    /** Whether a node is on its way out. */
    boolean isLeaving(int node) {
        return state(node) >= LEAVING;
    }

    /** The state of the nodes that leave in a generation: of two that follow each other it differs. */
    static byte leaving(int generation) {
        return (byte) (LEAVING + (generation & 1));
    }

    byte state(int node) {
        byte state = OffHeap.getByte(nodes.address(node) + STATE);
        VarHandle.acquireFence();
        return state;
    }

    void setState(int node, byte state) {
        VarHandle.releaseFence();
        OffHeap.putByte(nodes.address(node) + STATE, state);
    }

    /** The top level of a node. */
    int level(int node) {
        return OffHeap.getByte(nodes.address(node) + LEVEL);
    }

    /** Whether a node hangs in the chain of another, and is in no list. */
    boolean isChained(int node) {
        return OffHeap.getByte(nodes.address(node) + CHAINED) != 0;
    }

    void setChained(int node) {
        OffHeap.putByte(nodes.address(node) + CHAINED, (byte) 1);
    }

    /**
     * Makes room for one more node of a level; one thread at a time.
     *
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}, and no node has changed then
     */
    void ensureNext(int level) {
        nodes.ensure(allocated + 1);
        level0.ensure(allocated + 1);
        upper.ensure(upperSize + level);
    }

    /** Begins the next node, for which there is room, and makes its number known to walks; one thread at a time. */
    int beginNext(int ordinal, int level) {
        int node = allocated;
        long record = nodes.address(node);
        OffHeap.putByte(record + LEVEL, (byte) level);
        OffHeap.putInt(record + FIRST_UPPER, upperSize);
        upperSize += level;
        begin(node, ordinal);
        allocated = node + 1;
        return node;
    }

    /** Makes the next node one of another graph of equal {@code m}, with its number, level and lists. */
    void takeOver(HnswGraph other, int node, int ordinal) {
        int level = other.level(node);
        ensureNext(level);
        beginNext(ordinal, level);
        for (int l = 0; l <= level; l++) {
            OffHeap.copy(other.list(node, l), list(node, l), (long) maxDegree(l) * Integer.BYTES);
        }
    }

    /** Makes live all nodes that were taken over, and chains them as they were. */
    void finishTakeOver(HnswGraph other) {
        for (int node = 0; node < allocated; node++) {
            int next = other.nextEqual(node);
            setNextEqual(node, next);
            if (next != END) {
                setChained(next);
            }
            setState(node, LIVE);
        }
        entry = other.entry();
    }

    /** Begins a free node anew; nobody may know its number from before. */
    void begin(int node, int ordinal) {
        long record = nodes.address(node);
        OffHeap.putByte(record + STATE, ABSENT);
        OffHeap.putInt(record + ORDINAL, ordinal);
        OffHeap.putInt(record + NEXT_EQUAL, END);
        OffHeap.putByte(record + CHAINED, (byte) 0);
        for (int level = 0; level <= level(node); level++) {
            OffHeap.fill(list(node, level), (long) maxDegree(level) * Integer.BYTES, (byte) END);
        }
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
