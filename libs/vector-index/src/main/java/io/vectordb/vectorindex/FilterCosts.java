package io.vectordb.vectorindex;

/**
 * What the plans of a filtered search cost, in nanoseconds, by the share of nodes that passes.
 *
 * <p>The constants were fitted to the times of the three plans, each forced in turn, over 30,000 to 100,000 vectors of
 * 100 to 384 dimensions, at beams of 10 to 64 and shares from 2 % to 50 %, on one core of an AMD EPYC with AVX-512.
 * Only their ratios matter. {@code ./vectordb bench ann DATASET --filtered} measures what comes of them.
 *
 * <p>One object per thread.
 */
final class FilterCosts {

    /** What it takes to look at a node and ask for its ordinal, beside the question itself. */
    private static final double NODE_NANOS = 1.5;
    /** What it takes to find the node of a member of a set. */
    private static final double MEMBER_NANOS = 1.5;

    private static final double DISTANCE_NANOS = 6;
    private static final double CODE_BYTE_NANOS = 0.025;
    private static final double FLOAT_NANOS = 0.2;
    /** What a distance takes in a walk beyond one in a scan: the marks, the lists, the beam. */
    private static final double STEP_NANOS = 39;
    /** And for each byte of the code, which a scan has fetched ahead. */
    private static final double MISSED_BYTE_NANOS = 0.1;
    /** What a two-hop walk takes to test a node, beside the question itself: a cache miss and the marks. */
    private static final double HOP_NANOS = 30;

    /** A plain walk that expands {@code x} nodes compares about {@code 1.375 * degree * x^0.77}. */
    private static final double COMPARED_PER_DEGREE = 1.375;

    private static final double COMPARED_EXPONENT = 0.77;
    /** And asks about as many times as that for each it expands. */
    private static final double ASKED_PER_EXPANDED = 1.75;
    /** A two-hop walk tests about {@code ef * degree * (1 + 6 * failing share)} nodes. */
    private static final double TESTED_PER_FAILING = 6;
    /** Fewer that pass within two hops, and a two-hop walk finds no way among them. */
    private static final double LEAST_WITHIN_TWO_HOPS = 30;

    private double testNanos;
    private double distanceNanos;
    private double stepNanos;
    private double nodes;
    private double degree;

    void begin(HnswGraph graph, NodeScorer scorer, OrdinalFilter filter) {
        testNanos = filter.testNanos();
        switch (scorer) {
            case CodeStore codes -> {
                int bytes = codes.quantizer().recordBytes();
                distanceNanos = DISTANCE_NANOS + CODE_BYTE_NANOS * bytes;
                stepNanos = distanceNanos + STEP_NANOS + MISSED_BYTE_NANOS * bytes;
            }
            case VectorStore vectors -> {
                distanceNanos = DISTANCE_NANOS + FLOAT_NANOS * vectors.stride();
                stepNanos = distanceNanos + STEP_NANOS;
            }
        }
        nodes = graph.allocated();
        degree = graph.maxDegree(0);
    }

    /** @param asked whether all nodes are asked, and not those found that pass */
    double scan(double share, boolean asked) {
        double passing = nodes * share;
        return (asked ? nodes * (NODE_NANOS + testNanos) : passing * MEMBER_NANOS) + passing * distanceNanos;
    }

    double walk(int ef, double share) {
        double expanded = Math.min(nodes, ef / share);
        double compared = Math.min(nodes, COMPARED_PER_DEGREE * degree * Math.pow(expanded, COMPARED_EXPONENT));
        return spent(compared, Math.min(compared, ASKED_PER_EXPANDED * expanded), false);
    }

    /** Whether enough passes within two hops, in lists of this mean length, for a way among what passes. */
    static boolean isConnected(double meanDegree, double share) {
        return meanDegree * meanDegree * share >= LEAST_WITHIN_TWO_HOPS;
    }

    /** @param ef of the search; that of the walk is {@link FilteredWalk#TWO_HOP_WIDENING} times as wide */
    double twoHop(int ef, double share) {
        if (!isConnected(degree, share)) {
            return Double.POSITIVE_INFINITY;
        }
        double tested = Math.min(
                nodes, FilteredWalk.TWO_HOP_WIDENING * (double) ef * degree * (1 + TESTED_PER_FAILING * (1 - share)));
        return spent(tested * share, tested, true);
    }

    /** What a walk has cost that has compared and tested so many. */
    double spent(double compared, double tested, boolean twoHop) {
        return compared * stepNanos + tested * (testNanos + (twoHop ? HOP_NANOS : 0));
    }
}
