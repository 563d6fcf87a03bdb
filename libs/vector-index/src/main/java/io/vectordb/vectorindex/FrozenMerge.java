package io.vectordb.vectorindex;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Makes one frozen index of several, without those of their vectors whose records are gone.
 *
 * <p>The graph of the one that brings most is taken over: what is gone leaves it by repair ({@link Tombstones}), and the
 * vectors of the others are inserted. So the work is that of what changes and not of all; the codes are made anew,
 * relative to the mean of what there is then.
 */
public final class FrozenMerge {

    private FrozenMerge() {}

    /**
     * One of the indexes to be merged.
     *
     * @param ordinals the ordinal that a record has in the result, or -1 where it is gone
     */
    public record Source(FrozenVectorIndex index, IntUnaryOperator ordinals) {

        int survivors() {
            int count = 0;
            for (int node = 0; node < index.size(); node++) {
                count += ordinals.applyAsInt(index.ordinal(node)) >= 0 ? 1 : 0;
            }
            return count;
        }
    }

    /**
     * Writes the result into a new file, which appears when it is whole. The sources stay as they are.
     *
     * @param sources at least one, all of one metric and dimension; their parameters and codes may differ
     * @param parameters of the result; a graph is taken over only from a source with the same {@code m}
     * @param budget what the memory of the work is taken from: vectors, codes and links of the whole result
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}
     */
    public static void merge(
            List<Source> sources, HnswParameters parameters, FrozenOptions options, MemoryBudget budget, Path file)
            throws IOException {
        requireAlike(sources);
        List<Source> rest = new ArrayList<>(sources);
        rest.sort(Comparator.comparingInt(Source::survivors).reversed());
        Source largest = rest.getFirst();
        boolean isTakenOver = largest.index().parameters().m() == parameters.m();
        try (GrowingVectorIndex merged = isTakenOver
                ? GrowingVectorIndex.of(largest, parameters, options.quantization(), budget)
                : new GrowingVectorIndex(
                        largest.index().metric(),
                        largest.index().dimension(),
                        parameters,
                        options.quantization(),
                        budget)) {
            for (Source source : isTakenOver ? rest.subList(1, rest.size()) : rest) {
                add(source, merged);
            }
            merged.repair();
            FrozenVectorIndex.write(merged, options, file);
        }
    }

    private static void requireAlike(List<Source> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("expected at least one index to merge, received none");
        }
        FrozenVectorIndex first = sources.getFirst().index();
        for (Source source : sources) {
            FrozenVectorIndex index = source.index();
            if (index.metric() != first.metric() || index.dimension() != first.dimension()) {
                throw new IllegalArgumentException("expected indexes of " + first.metric() + " and dimension "
                        + first.dimension() + ", received one of " + index.metric() + " and dimension "
                        + index.dimension());
            }
        }
    }

    private static void add(Source source, GrowingVectorIndex merged) {
        float[] vector = new float[merged.dimension()];
        for (int node = 0; node < source.index().size(); node++) {
            int ordinal = source.ordinals().applyAsInt(source.index().ordinal(node));
            if (ordinal >= 0) {
                source.index().vector(node, vector);
                merged.addStored(ordinal, vector);
            }
        }
    }
}
