package io.vectordb.vectorindex;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How much of the truth walks of a frozen index find, by the width of their beam: measured when it is written, and used
 * to choose the width for a recall that is asked for.
 *
 * <p>Queries come from elsewhere than the stored vectors as a rule, and such are harder. So half of those it is measured
 * with are stored vectors, with themselves left out of the truth, and half lie between two stored ones that have nothing
 * to do with each other; what counts is the worse of the two halves. On the data sets of the benchmarks real queries
 * were found a little more often than that.
 */
record RecallCurve(List<Point> points) {

    private static final int[] BEAMS = {16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024};
    private static final int[] KS = {10, 100};
    private static final int QUERIES = 64;
    /** How far a query strays from one stored vector to another. */
    private static final float STRAY = 0.4f;

    private static final long SEED = 0x7EC_A11;
    /** Below it a search is a scan in any case, or as good as one. */
    private static final int MIN_SIZE = 2_000;
    /** What a beam must have shown beyond the target: queries differ. */
    private static final double MARGIN = 0.005;

    /** The mean recall at {@code k} of walks with a beam of this width. */
    record Point(int efSearch, int k, double recall) {}

    RecallCurve {
        points = List.copyOf(points);
    }

    /** Measures an index; beams wider than one that found everything are left out. */
    static RecallCurve measure(FrozenVectorIndex index) {
        List<Point> points = new ArrayList<>();
        if (index.size() < MIN_SIZE) {
            return new RecallCurve(points);
        }
        List<float[]> queries = queries(index);
        List<SearchResult> truths = queries.stream()
                .map(query -> index.searchExact(query, KS[KS.length - 1] + 1, OrdinalFilter.ALL))
                .toList();
        for (int k : KS) {
            for (int beam : BEAMS) {
                if (beam < k) {
                    continue;
                }
                double recall = recall(index, queries, truths, k, beam);
                points.add(new Point(beam, k, recall));
                if (recall >= 1) {
                    break;
                }
            }
        }
        return new RecallCurve(points);
    }

    private static List<float[]> queries(FrozenVectorIndex index) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            float[] query = new float[index.dimension()];
            index.vector(random.nextInt(index.size()), query);
            if (i % 2 == 1) {
                float[] other = new float[query.length];
                index.vector(random.nextInt(index.size()), other);
                for (int j = 0; j < query.length; j++) {
                    query[j] = (1 - STRAY) * query[j] + STRAY * other[j];
                }
            }
            if (index.metric() != Metric.COSINE || Vectors.dot(query, query, query.length) > 0) {
                queries.add(query);
            }
        }
        return queries;
    }

    private static double recall(
            FrozenVectorIndex index, List<float[]> queries, List<SearchResult> truths, int k, int beam) {
        double[] found = new double[2];
        int[] asked = new int[2];
        for (int i = 0; i < queries.size(); i++) {
            SearchResult truth = truths.get(i);
            SearchResult walked = index.search(queries.get(i), k + 1, beam, OrdinalFilter.ALL);
            // A stored query is its own nearest, in both; it is not counted.
            int own = i % 2 == 0 ? 1 : 0;
            int common = 0;
            for (int rank = own; rank < Math.min(truth.size(), k + own); rank++) {
                common += contains(walked, truth.ordinals()[rank]) ? 1 : 0;
            }
            found[i % 2] += (double) common / k;
            asked[i % 2]++;
        }
        return Math.min(found[0] / asked[0], found[1] / asked[1]);
    }

    private static boolean contains(SearchResult result, int ordinal) {
        for (int other : result.ordinals()) {
            if (other == ordinal) {
                return true;
            }
        }
        return false;
    }

    /** The narrowest beam that has found this share of the {@code k} nearest, or nothing when only a scan will do. */
    Optional<Point> effort(double minRecall, int k) {
        int measured = KS[KS.length - 1];
        for (int each : KS) {
            if (k <= each) {
                measured = each;
                break;
            }
        }
        for (Point point : points) {
            if (point.k() == measured && point.recall() >= Math.min(1, minRecall + MARGIN)) {
                // Beyond the widest k that was measured the beam grows with k.
                int beam = Math.max(point.efSearch(), (int) Math.min(1 << 30, (long) point.efSearch() * k / measured));
                return Optional.of(new Point(beam, k, point.recall()));
            }
        }
        return Optional.empty();
    }
}
