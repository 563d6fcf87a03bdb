package io.vectordb.metadata.placement;

/**
 * How much may be under way at once, what was begun earlier included.
 *
 * @param copiesPerNode replicas that a node receives, and replicas that are copied from a node
 * @param copies replicas that are copied in all
 * @param leaderTransfers leaderships handed over in one plan
 */
public record PlanLimits(int copiesPerNode, int copies, int leaderTransfers) {

    public static final PlanLimits DEFAULT = new PlanLimits(2, 32, 16);

    /** For a look at all that would be done. */
    public static final PlanLimits NONE = new PlanLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public PlanLimits {
        if (copiesPerNode < 1 || copies < 1 || leaderTransfers < 0) {
            throw new IllegalArgumentException("copies per node " + copiesPerNode + ", copies " + copies
                    + ", leader transfers " + leaderTransfers);
        }
    }

    /** What balance may take of {@code limit}: the rest is kept for what is urgent. */
    static int forBalance(int limit) {
        return Math.max(1, limit / 2);
    }
}
