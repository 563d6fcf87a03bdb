package io.vectordb.vectorindex;

/**
 * Goes through the nodes that pass a filter, a batch at a time: by asking all, or, where the filter is a set, by finding
 * those of its members ({@link OrdinalOrder}).
 *
 * <p>Nothing here branches on whether a node passes where that can be avoided: between a tenth and nine tenths no
 * processor foresees it. One object per thread.
 */
@SuppressWarnings("NullAway.Init") // by begin
final class PassingNodes {

    /** Nodes that are asked between questions whether the search was cancelled. */
    private static final int STRETCH = 4_096;

    private static final OrdinalSet NOTHING = OrdinalSet.of();

    private HnswGraph graph;
    private OrdinalOrder order;
    private OrdinalFilter filter;
    private OrdinalSet set = NOTHING;
    private OrdinalOrder.Way way;
    private int limit;
    private int node;
    private int member;
    private int wordIndex;
    private long word;

    void begin(HnswGraph searched, OrdinalOrder ordinals, OrdinalFilter passing) {
        graph = searched;
        order = ordinals;
        filter = passing;
        limit = searched.allocated();
        way = ordinals.way(passing, limit);
        node = 0;
        wordIndex = -1;
        word = 0;
        set = passing instanceof OrdinalSet members ? members : NOTHING;
        member = set.next(0);
    }

    /** Puts the next nodes into the scratch, at most so many, and says how many; 0 when there are no more. */
    int next(SearchScratch scratch, int max, CancellationCheck check) {
        return switch (way) {
            case ASKED -> nextAsked(scratch, max, check);
            case SOUGHT -> nextSought(scratch, max);
            case COMPUTED -> nextComputed(scratch, max);
            case TABLED -> nextTabled(scratch, max);
        };
    }

    private int nextAsked(SearchScratch scratch, int max, CancellationCheck check) {
        boolean all = filter == OrdinalFilter.ALL;
        int count = 0;
        int at = node;
        int pause = at + STRETCH;
        for (; at < limit && count < max; at++) {
            if (at == pause) {
                pause += STRETCH;
                check.ask();
            }
            scratch.setNode(count, at);
            count += graph.isLive(at) && (all || filter.test(graph.ordinal(at))) ? 1 : 0;
        }
        node = at;
        return count;
    }

    private int nextSought(SearchScratch scratch, int max) {
        int count = 0;
        while (member >= 0 && count < max) {
            node = order.seek(member, node, limit);
            while (node < limit && graph.ordinal(node) == member && count < max) {
                scratch.setNode(count, node);
                count += graph.isLive(node++) ? 1 : 0;
            }
            if (node == limit) {
                member = -1;
            } else if (graph.ordinal(node) != member) {
                member = set.next(member + 1);
            }
        }
        return count;
    }

    private int nextComputed(SearchScratch scratch, int max) {
        int first = graph.ordinal(0);
        int count = 0;
        for (int ordinal = nextMember(); ordinal >= 0; ordinal = nextMember()) {
            int at = ordinal - first;
            if (at >= 0 && at < limit) {
                scratch.setNode(count, at);
                count += graph.isLive(at) && graph.ordinal(at) == ordinal ? 1 : 0;
                if (count == max) {
                    break;
                }
            }
        }
        return count;
    }

    /** There is a table of graphs alone that change no more: what it says needs no look at the node. */
    private int nextTabled(SearchScratch scratch, int max) {
        int[] nodes = order.table();
        int count = 0;
        for (int ordinal = nextMember(); ordinal >= 0; ordinal = nextMember()) {
            int at = ordinal < nodes.length ? nodes[ordinal] : OrdinalOrder.NONE;
            scratch.setNode(count, at);
            count += at >= 0 ? 1 : 0;
            if (count == max) {
                break;
            }
        }
        return count;
    }

    /** The next member of the set, or -1: faster than to ask the set, when nearly all words have members. */
    private int nextMember() {
        while (word == 0) {
            if (++wordIndex >= set.words().length) {
                return -1;
            }
            word = set.words()[wordIndex];
        }
        int ordinal = (wordIndex << 6) + Long.numberOfTrailingZeros(word);
        word &= word - 1;
        return ordinal;
    }
}
