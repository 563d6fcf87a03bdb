package io.vectordb.vectorindex;

/**
 * The removed nodes of a graph, from their removal to the reuse of their numbers.
 *
 * <p>A removed node is no result any more, but stays in the lists of others as a waypoint. When there are many such,
 * they become a batch, and the batch goes through:
 *
 * <ol>
 *   <li>a grace period ({@link GracePeriods}), after which no insertion is under way that may still link to one of them,
 *       having met it live;
 *   <li>a sweep over all nodes, which takes them out of all lists ({@link ListRepair}) and chains;
 *   <li>another grace period, after which no search or insertion can come upon one of their numbers any more;
 *   <li>the release of the numbers for reuse.
 * </ol>
 *
 * <p>Nobody waits and there is no thread for it: every addition and removal does a part of the sweep that is in
 * progress, large enough that it ends before as many nodes have been removed again as began it. The batch is told from
 * the nodes that were removed since by its state ({@link HnswGraph#leaving}).
 *
 * <p>A removed node that others hang from in a chain stands for them until the sweep has found its chain empty; it joins
 * the next batch then.
 *
 * <p>Thread-safe. The lock of this is taken inside that of a node, never around it.
 */
final class Tombstones {

    /** A batch begins when this part of the nodes in the lists is on its way out. */
    private static final int SHARE = 10;

    private static final int MIN_BATCH = 256;
    /** By how much the sweep is faster than it must be to end in time. */
    private static final int HASTE = 2;
    /** Numbers released per call. */
    private static final int RELEASED = 512;

    private enum Phase {
        COLLECTING,
        AWAITING_WRITERS,
        SWEEPING,
        AWAITING_READERS,
        RELEASING
    }

    private final HnswGraph graph;
    private final HnswInserter inserter;
    private final NodeLocks locks;
    private final ListRepair repair;
    private final GracePeriods periods;

    private volatile Phase phase = Phase.COLLECTING;
    /** Counts batches; what is removed now leaves in this one. */
    private int generation;

    private IntStack collected = new IntStack();
    private IntStack batch = new IntStack();
    private final IntStack free = new IntStack();
    private int removed;

    /** Where the sweep is, where it ends, and how many nodes of it are done. */
    private int cursor;

    private int end;
    private int done;
    private boolean isIncomplete;
    /** How many nodes a call takes at most from the sweep: such as are in lists, and all. */
    private int linkedPerCall;

    private int perCall;
    private int released;

    Tombstones(HnswGraph graph, HnswInserter inserter, NodeLocks locks, GracePeriods periods) {
        this.graph = graph;
        this.inserter = inserter;
        this.locks = locks;
        this.repair = new ListRepair(graph, inserter, locks);
        this.periods = periods;
    }

    /** A number that may be used again, or -1. */
    synchronized int takeFree() {
        if (free.size() == 0) {
            return -1;
        }
        int node = free.pop();
        graph.setRemoved(removed, free.size());
        return node;
    }

    /** Removes a node; says whether it was there. */
    boolean remove(int node) {
        synchronized (locks.of(node)) {
            if (!graph.isLive(node)) {
                return false;
            }
            if (graph.isChained(node) || graph.nextEqual(node) == HnswGraph.END) {
                leave(node, true);
            } else {
                stand(node);
            }
            return true;
        }
    }

    private synchronized void stand(int node) {
        graph.setState(node, HnswGraph.STANDING);
        graph.setRemoved(++removed, free.size());
    }

    /** Puts a node on its way out. */
    private synchronized void leave(int node, boolean isNew) {
        graph.setState(node, HnswGraph.leaving(generation));
        collected.push(node);
        if (isNew) {
            graph.setRemoved(++removed, free.size());
        }
        if (phase == Phase.COLLECTING && collected.size() >= Math.max(MIN_BATCH, linked() / SHARE)) {
            beginBatch();
        }
    }

    /** About how many nodes are in lists and stay there. */
    private int linked() {
        return graph.allocated() - free.size() - collected.size();
    }

    private void beginBatch() {
        IntStack empty = batch;
        batch = collected;
        collected = empty;
        generation++;
        periods.begin();
        phase = Phase.AWAITING_WRITERS;
    }

    /** Does a part of what is to be done; to be called after every addition and removal, outside of {@link #periods}. */
    void advance(NodeScorer scorer) {
        if (phase == Phase.COLLECTING) {
            return;
        }
        if (phase == Phase.SWEEPING) {
            sweepPart(scorer);
        }
        step();
    }

    /** Does all that is to be done. It waits for the searches that are under way. */
    void finish(NodeScorer scorer) {
        while (begin()) {
            advance(scorer);
            Thread.onSpinWait();
        }
    }

    /** Begins a batch, however small; returns whether one is in progress. */
    private synchronized boolean begin() {
        if (phase == Phase.COLLECTING && collected.size() > 0) {
            beginBatch();
        }
        return phase != Phase.COLLECTING;
    }

    private synchronized void step() {
        switch (phase) {
            case COLLECTING -> {
                // Nothing is due.
            }
            case AWAITING_WRITERS -> {
                if (periods.isOver()) {
                    beginSweep();
                }
            }
            case SWEEPING -> {
                if (done == end) {
                    endSweep();
                }
            }
            case AWAITING_READERS -> {
                if (periods.isOver()) {
                    released = 0;
                    phase = Phase.RELEASING;
                }
            }
            case RELEASING -> release();
        }
    }

    private void beginSweep() {
        inserter.beginSuccession();
        cursor = 0;
        done = 0;
        isIncomplete = false;
        end = graph.allocated();
        linkedPerCall = HASTE * (linked() / batch.size() + 1);
        perCall = HASTE * (end / batch.size() + 1);
        phase = Phase.SWEEPING;
    }

    private void endSweep() {
        if (isIncomplete) {
            beginSweep();
            return;
        }
        inserter.replaceEntry();
        graph.announceReuse();
        periods.begin();
        phase = Phase.AWAITING_READERS;
    }

    /** Marks numbers free, and hands them out when all are marked: until then one may still be named by another. */
    private void release() {
        int until = Math.min(batch.size(), released + RELEASED);
        for (; released < until; released++) {
            graph.setState(batch.get(released), HnswGraph.ABSENT);
        }
        if (released == batch.size()) {
            free.pushAll(batch);
            removed -= batch.size();
            batch = new IntStack();
            graph.setRemoved(removed, free.size());
            phase = Phase.COLLECTING;
        }
    }

    private void sweepPart(NodeScorer scorer) {
        int period = periods.enter();
        try {
            long part = claim();
            int from = (int) (part >>> Integer.SIZE);
            int to = (int) part;
            boolean isComplete = false;
            try {
                byte leaving = HnswGraph.leaving(leavingGeneration());
                for (int node = from; node < to; node++) {
                    sweep(node, leaving, scorer);
                }
                isComplete = true;
            } finally {
                finishPart(to - from, isComplete);
            }
        } finally {
            periods.leave(period);
        }
    }

    private synchronized int leavingGeneration() {
        return generation - 1;
    }

    /** The next nodes to be swept, from the upper int to before the lower one. */
    private synchronized long claim() {
        if (phase != Phase.SWEEPING) {
            return 0;
        }
        int from = cursor;
        int last = Math.min(end, from + perCall);
        int linked = 0;
        while (cursor < last && linked < linkedPerCall) {
            linked += graph.state(cursor) == HnswGraph.ABSENT ? 0 : 1;
            cursor++;
        }
        return (long) from << Integer.SIZE | cursor;
    }

    private synchronized void finishPart(int count, boolean isComplete) {
        done += count;
        isIncomplete |= !isComplete;
    }

    private void sweep(int node, byte leaving, NodeScorer scorer) {
        byte state = graph.state(node);
        // What leaves in this batch itself will be met by nobody; what is absent was begun after the grace period.
        if (state == HnswGraph.ABSENT || state == leaving || graph.isChained(node)) {
            return;
        }
        if (graph.nextEqual(node) != HnswGraph.END) {
            unchain(node, leaving);
        }
        repair.repair(node, leaving, scorer);
        if (graph.isLinkable(node)) {
            inserter.offerEntry(node, graph.level(node));
        }
    }

    /** Takes what leaves out of the chain of a node; those that stand upon it now find their way from there. */
    private void unchain(int first, byte leaving) {
        synchronized (locks.of(first)) {
            int last = first;
            for (int node = graph.nextEqual(first); node != HnswGraph.END; node = graph.nextEqual(node)) {
                if (graph.state(node) == leaving) {
                    graph.setNextEqual(last, graph.nextEqual(node));
                } else {
                    last = node;
                }
            }
            if (graph.nextEqual(first) == HnswGraph.END && graph.state(first) == HnswGraph.STANDING) {
                leave(first, false);
            }
        }
    }
}
