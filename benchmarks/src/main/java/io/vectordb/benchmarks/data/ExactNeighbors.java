package io.vectordb.benchmarks.data;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exact nearest vectors of queries, by comparing all with all on every core.
 *
 * <p>Shares no code with any index that is measured. Candidates are found in float32, a margin more than asked for, and
 * ordered in double precision; equal distances by lower number.
 */
public final class ExactNeighbors {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int MARGIN = 20;
    private static final int BLOCK = 16;

    private final VectorFile base;
    private final Similarity similarity;

    public ExactNeighbors(VectorFile base, Similarity similarity) {
        this.base = base;
        this.similarity = similarity;
    }

    /** The {@code k} nearest of all vectors, for each query. */
    public int[][] of(float[][] queries, int k) {
        Allowed all = new Allowed(base.size());
        for (int i = 0; i < base.size(); i++) {
            all.add(i);
        }
        return of(queries, k, query -> all);
    }

    /** The {@code k} nearest of those allowed for each query; fewer when fewer are allowed. */
    public int[][] of(float[][] queries, int k, IntFunction<Allowed> allowed) {
        int[][] neighbors = new int[queries.length][];
        IntStream.range(0, (queries.length + BLOCK - 1) / BLOCK)
                .parallel()
                .forEach(block -> searchBlock(queries, block * BLOCK, k, allowed, neighbors));
        return neighbors;
    }

    /** Distances of all vectors to one query, in float32 and in the order of the base. */
    public float[] distances(float[] query) {
        float[] distances = new float[base.size()];
        float[] vector = new float[base.dimension()];
        for (int i = 0; i < distances.length; i++) {
            base.copy(i, vector);
            distances[i] = distance(query, vector);
        }
        return distances;
    }

    private void searchBlock(float[][] queries, int from, int k, IntFunction<Allowed> allowed, int[][] out) {
        int count = Math.min(BLOCK, queries.length - from);
        NearestList[] nearest = new NearestList[count];
        Allowed[] filters = new Allowed[count];
        for (int i = 0; i < count; i++) {
            nearest[i] = new NearestList(k + MARGIN);
            filters[i] = allowed.apply(from + i);
        }
        float[] vector = new float[base.dimension()];
        for (int id = 0; id < base.size(); id++) {
            base.copy(id, vector);
            for (int i = 0; i < count; i++) {
                if (filters[i].contains(id)) {
                    nearest[i].offer(id, distance(queries[from + i], vector));
                }
            }
        }
        for (int i = 0; i < count; i++) {
            out[from + i] = rescore(queries[from + i], nearest[i], k);
        }
    }

    private int[] rescore(float[] query, NearestList candidates, int k) {
        NearestList nearest = new NearestList(k);
        for (int rank = 0; rank < candidates.size(); rank++) {
            int id = candidates.id(rank);
            nearest.offer(id, similarity.exactDistance(query, base.get(id)));
        }
        return IntStream.range(0, nearest.size()).map(nearest::id).toArray();
    }

    private float distance(float[] a, float[] b) {
        FloatVector sum = FloatVector.zero(SPECIES);
        boolean squared = similarity == Similarity.L2;
        int i = 0;
        for (; i < SPECIES.loopBound(a.length); i += SPECIES.length()) {
            FloatVector x = FloatVector.fromArray(SPECIES, a, i);
            FloatVector y = FloatVector.fromArray(SPECIES, b, i);
            if (squared) {
                FloatVector difference = x.sub(y);
                sum = difference.fma(difference, sum);
            } else {
                sum = x.fma(y, sum);
            }
        }
        float total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < a.length; i++) {
            total += squared ? (a[i] - b[i]) * (a[i] - b[i]) : a[i] * b[i];
        }
        return squared ? total : -total;
    }
}
