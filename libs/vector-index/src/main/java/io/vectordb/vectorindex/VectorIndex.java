package io.vectordb.vectorindex;

import java.util.function.BooleanSupplier;

/**
 * The vectors of one field, searchable for the nearest to a query.
 *
 * <p>A vector belongs to a record, named by its ordinal. Vectors are kept, and given back, bit for bit.
 *
 * <p>Threading: any number of threads search and read, without locks. Search on platform threads of a pool: each keeps
 * buffers of its own.
 */
public sealed interface VectorIndex permits SearchedIndex {

    Metric metric();

    int dimension();

    /** The number of vectors that a search takes into account. */
    int size();

    /**
     * The {@code k} nearest records that pass the filter, found by a walk of the graph: nearly always the nearest, the
     * more so the wider the beam.
     *
     * <p>A record with several vectors is found once, by the nearest of them. A filter makes the plan ({@link
     * OrdinalFilter}): where comparing all that pass costs less than a walk, or the walk finds little, that is done.
     *
     * <p>A beam as wide as the index is an exact search, and so is a walk that ended with fewer than {@code k}: either
     * no more pass, or the graph does not lead to them, as under {@link Metric#DOT} it may not lead to short vectors.
     * The result is therefore never shorter than it must be.
     *
     * @param k at least 1; fewer are returned when fewer pass
     * @param efSearch beam width, raised to {@code k} when below
     * @param cancelled asked every few hundred vectors whether to give up
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and {@code CANCELLED}
     */
    SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled);

    /** Searches without a way to cancel; see {@link #search(float[], int, int, OrdinalFilter, BooleanSupplier)}. */
    default SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter) {
        return search(query, k, efSearch, filter, () -> false);
    }

    /**
     * The {@code k} nearest records that pass the filter, found by comparing them all: exact in double precision,
     * although most are only compared in float32.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, and {@code CANCELLED}
     */
    SearchResult searchExact(float[] query, int k, OrdinalFilter filter, BooleanSupplier cancelled);

    /** Searches without a way to cancel; see {@link #searchExact(float[], int, OrdinalFilter, BooleanSupplier)}. */
    default SearchResult searchExact(float[] query, int k, OrdinalFilter filter) {
        return searchExact(query, k, filter, () -> false);
    }

    /**
     * The same for several queries: cheaper than one after another, since they are compared with a vector together, and
     * a filter is asked once for many.
     *
     * @return the results in the order of the queries
     */
    SearchResult[] searchExact(float[][] queries, int k, OrdinalFilter filter, BooleanSupplier cancelled);

    /**
     * All records within a radius that pass the filter, nearest first, or the nearest {@code limit} of them.
     *
     * <p>Found by a walk that goes on as long as it meets vectors within the radius: nearly always all, the more so the
     * wider the beam that it gets there by. What is reported is within the radius exactly.
     *
     * @param radius the greatest distance, in the meaning of the {@link Metric}
     * @param limit how many are returned at most, at least 1
     * @param efSearch beam width, as of a search for the nearest
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, {@code INVALID_VALUE} for a radius that
     *     is not a number, and {@code CANCELLED}
     */
    RangeResult searchRange(
            float[] query, double radius, int limit, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled);

    /** Searches without a way to cancel. */
    default RangeResult searchRange(float[] query, double radius, int limit, int efSearch, OrdinalFilter filter) {
        return searchRange(query, radius, limit, efSearch, filter, () -> false);
    }

    /** The same, exactly, by comparing all that pass. */
    RangeResult searchRangeExact(
            float[] query, double radius, int limit, OrdinalFilter filter, BooleanSupplier cancelled);

    /** Searches without a way to cancel. */
    default RangeResult searchRangeExact(float[] query, double radius, int limit, OrdinalFilter filter) {
        return searchRangeExact(query, radius, limit, filter, () -> false);
    }

    /** Copies the vector of a node, as {@code add} returned it, to the start of {@code out}. */
    void vector(int node, float[] out);

    /** What vectors, codes and links occupy in memory; search buffers of threads and a few objects aside. */
    long memoryBytes();
}
