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

    /** A query: a stored vector, or one between two. */
    private record Probe(float[] query, boolean isStored) {}

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
        List<Probe> probes = probes(index);
        int widest = KS[KS.length - 1] + 1;
        SearchResult[] truths = index.searchExact(
                probes.stream().map(Probe::query).toArray(float[][]::new), widest, OrdinalFilter.ALL, () -> false);
        boolean[] isFound = new boolean[KS.length];
        for (int beam : BEAMS) {
            // One walk serves all k that the beam is wide enough for.
            SearchResult[] walks = probes.stream()
                    .map(probe -> index.search(probe.query(), Math.min(beam, widest), beam, OrdinalFilter.ALL))
                    .toArray(SearchResult[]::new);
            for (int i = 0; i < KS.length; i++) {
                if (beam > KS[i] && !isFound[i]) {
                    double recall = recall(probes, walks, truths, KS[i]);
                    points.add(new Point(beam, KS[i], recall));
                    isFound[i] = recall >= 1;
                }
            }
        }
        return new RecallCurve(points);
    }

    private static List<Probe> probes(FrozenVectorIndex index) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            float[] query = new float[index.dimension()];
            index.vector(random.nextInt(index.size()), query);
            boolean isStored = i % 2 == 0;
            if (!isStored) {
                float[] other = new float[query.length];
                index.vector(random.nextInt(index.size()), other);
                for (int j = 0; j < query.length; j++) {
                    query[j] = (1 - STRAY) * query[j] + STRAY * other[j];
                }
            }
            if (index.metric() != Metric.COSINE || Vectors.dot(query, query, query.length) > 0) {
                probes.add(new Probe(query, isStored));
            }
        }
        return probes;
    }

    /** The worse of the halves; one of which there are no queries says nothing. */
    private static double recall(List<Probe> probes, SearchResult[] walks, SearchResult[] truths, int k) {
        double worst = 1;
        for (boolean isStored : new boolean[] {true, false}) {
            int found = 0;
            int asked = 0;
            for (int i = 0; i < truths.length; i++) {
                if (probes.get(i).isStored() == isStored) {
                    found += common(walks[i], truths[i], isStored ? 1 : 0, k);
                    asked += k;
                }
            }
            worst = asked == 0 ? worst : Math.min(worst, (double) found / asked);
        }
        return worst;
    }

    /** @param own ranks of the truth that are the query itself, which is its own nearest in both and not counted */
    private static int common(SearchResult walked, SearchResult truth, int own, int k) {
        int common = 0;
        for (int rank = own; rank < Math.min(truth.size(), k + own); rank++) {
            common += contains(walked, truth.ordinals()[rank], k + 1) ? 1 : 0;
        }
        return common;
    }

    private static boolean contains(SearchResult result, int ordinal, int limit) {
        for (int rank = 0; rank < Math.min(limit, result.size()); rank++) {
            if (result.ordinals()[rank] == ordinal) {
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
