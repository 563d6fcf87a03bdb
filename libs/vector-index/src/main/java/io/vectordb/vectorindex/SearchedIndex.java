package io.vectordb.vectorindex;

import java.util.function.BooleanSupplier;

/** The searches of an index, each of which takes part in what keeps its memory alive meanwhile. */
abstract sealed class SearchedIndex implements VectorIndex permits GrowingVectorIndex, FrozenVectorIndex {

    /** Nothing that is searched is freed until the matching {@link #leave}. Returns what that is to be given. */
    abstract int enter();

    abstract void leave(int entered);

    abstract GraphSearch graphSearch();

    abstract VectorStore store();

    /** What walks go by. */
    abstract NodeScorer scorer();

    @Override
    public final Metric metric() {
        return store().metric();
    }

    @Override
    public final int dimension() {
        return store().dimension();
    }

    @Override
    public SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        int entered = enter();
        try {
            return graphSearch().search(query, k, efSearch, filter, scorer(), check(cancelled));
        } finally {
            leave(entered);
        }
    }

    /** For tests and measurements: a search by this plan, whatever it costs. */
    SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter, FilterPlan plan) {
        checkQuery(query, k);
        int entered = enter();
        try {
            return graphSearch().search(query, k, efSearch, filter, scorer(), check(() -> false), plan);
        } finally {
            leave(entered);
        }
    }

    @Override
    public SearchResult searchExact(float[] query, int k, OrdinalFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        int entered = enter();
        try {
            return graphSearch().searchExact(query, k, filter, check(cancelled));
        } finally {
            leave(entered);
        }
    }

    @Override
    public SearchResult[] searchExact(float[][] queries, int k, OrdinalFilter filter, BooleanSupplier cancelled) {
        for (float[] query : queries) {
            checkQuery(query, k);
        }
        int entered = enter();
        try {
            return graphSearch().searchExact(queries, k, filter, check(cancelled));
        } finally {
            leave(entered);
        }
    }

    @Override
    public RangeResult searchRange(
            float[] query, double radius, int limit, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled) {
        Vectors.validate(metric(), dimension(), query);
        int entered = enter();
        try {
            return graphSearch().searchRange(query, radius, limit, efSearch, filter, scorer(), check(cancelled));
        } finally {
            leave(entered);
        }
    }

    @Override
    public RangeResult searchRangeExact(
            float[] query, double radius, int limit, OrdinalFilter filter, BooleanSupplier cancelled) {
        Vectors.validate(metric(), dimension(), query);
        int entered = enter();
        try {
            return graphSearch().searchRangeExact(query, radius, limit, filter, check(cancelled));
        } finally {
            leave(entered);
        }
    }

    private static CancellationCheck check(BooleanSupplier cancelled) {
        return SearchScratch.local().check.begin(cancelled);
    }

    private void checkQuery(float[] query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("expected k of at least 1, received " + k);
        }
        Vectors.validate(metric(), dimension(), query);
    }
}
