package io.vectordb.vectorindex;

import org.jspecify.annotations.Nullable;

/**
 * Search under a filter: chooses the plan that costs least by {@link FilterCosts}, and goes over to a scan when a walk
 * turns out to cost more than that would, as it does where what passes is far from the query; so it never costs more
 * than about three times a scan.
 *
 * <p>Thread-safe.
 */
final class FilteredSearch {

    /** A walk is given up when it has cost so many times what was expected: what passes lies elsewhere. */
    private static final double PATIENCE = 4;
    /** And one that has cost so many times that was led away from the query by the filter. */
    private static final double ASTRAY = 2;

    private final HnswGraph graph;
    private final OrdinalOrder order;
    private final CodeScan scan;

    FilteredSearch(HnswGraph graph, OrdinalOrder order, CodeScan scan) {
        this.graph = graph;
        this.order = order;
        this.scan = scan;
    }

    /**
     * Searches for the prepared query of the scratch. Returns the plan that was carried out in the end: after a {@link
     * FilterPlan#SCAN} the result is in the top of the scratch, after a walk what it found in the beam.
     *
     * @param forced the plan, for tests and measurements; null to choose
     */
    FilterPlan search(
            long entry,
            int k,
            int ef,
            OrdinalFilter filter,
            NodeScorer scorer,
            SearchScratch scratch,
            CancellationCheck check,
            @Nullable FilterPlan forced) {
        FilterCosts costs = scratch.costs;
        costs.begin(graph, scorer, filter);
        FilteredWalk walk = scratch.filteredWalk;
        walk.begin(graph, scorer, filter, check);
        boolean isAsked = order.way(filter, graph.allocated()) == OrdinalOrder.Way.ASKED;
        double share = share(filter, walk);
        double scanned = costs.scan(share, isAsked);
        double walked = costs.walk(ef, share);
        double hopped = costs.twoHop(ef, share);
        if (hopped < Math.min(scanned, walked) && !FilterCosts.isConnected(walk.meanDegree(), share)) {
            hopped = Double.POSITIVE_INFINITY;
        }
        FilterPlan plan = forced != null ? forced : choose(scanned, walked, hopped);
        double expected = Math.min(walked, hopped);
        double budget =
                forced != null ? Double.POSITIVE_INFINITY : Math.clamp(scanned, ASTRAY * expected, PATIENCE * expected);
        if (plan != FilterPlan.SCAN && walk(plan, entry, ef, filter, scorer, scratch, check, budget)) {
            walk.isAstray = walk.spent(costs) > ASTRAY * expected;
            return plan;
        }
        scratch.resetTop(k);
        scan.offerAll(scratch, Double.POSITIVE_INFINITY, filter, scorer, check);
        return FilterPlan.SCAN;
    }

    private static FilterPlan choose(double scanned, double walked, double hopped) {
        if (scanned <= walked && scanned <= hopped) {
            return FilterPlan.SCAN;
        }
        return walked <= hopped ? FilterPlan.WALK : FilterPlan.TWO_HOP;
    }

    private boolean walk(
            FilterPlan plan,
            long entry,
            int ef,
            OrdinalFilter filter,
            NodeScorer scorer,
            SearchScratch scratch,
            CancellationCheck check,
            double budget) {
        FilteredWalk walk = scratch.filteredWalk;
        if (plan == FilterPlan.TWO_HOP && !walk.hasSeeds()) {
            walk.sample();
        }
        scratch.walk.begin(graph, scorer, scratch.query, check);
        int start = scratch.walk.descend(entry, 0);
        return plan == FilterPlan.TWO_HOP
                ? walk.walkTwoHop(start, FilteredWalk.TWO_HOP_WIDENING * ef, scratch.costs, budget)
                : walk.walk(start, ef, scratch.costs, budget);
    }

    /** The share of nodes that pass; more than 0, since a sample of which none pass does not say that none do. */
    double share(OrdinalFilter filter, FilteredWalk walk) {
        double known = filter instanceof OrdinalSet set
                ? (double) set.cardinality() / graph.allocated()
                : filter.passingShare();
        if (known == OrdinalFilter.UNKNOWN_SHARE) {
            return (walk.sample() + 0.5) / (FilteredWalk.SAMPLE + 1);
        }
        return Math.clamp(known, 1.0 / graph.allocated(), 1);
    }
}
