package io.vectordb.benchmarks.engine;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * JVector's graph in memory, with a hierarchy, over float32: {@code 2 * m} neighbours on level 0 and {@code m} above,
 * as in HNSW; overflow and alpha are those of its own examples (1.2).
 */
final class JVectorEngine implements Engine {

    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;
    private static final VectorTypeSupport TYPES =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    private final EngineSettings settings;
    private final VectorSimilarityFunction function;
    private @Nullable RandomAccessVectorValues vectors;
    private @Nullable ImmutableGraphIndex graph;
    private @Nullable GraphSearcher searcher;

    JVectorEngine(EngineSettings settings) {
        this.settings = settings;
        function = switch (settings.similarity()) {
            case COSINE, DOT -> VectorSimilarityFunction.DOT_PRODUCT;
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
        };
    }

    @Override
    public String version() {
        // Its manifest does not say; its jar is called after it.
        String jar = GraphSearcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return jar.replaceFirst(".*jvector-", "").replaceFirst("\\.jar$", "");
    }

    @Override
    public void build(VectorFile base, int threads) throws IOException {
        close();
        List<VectorFloat<?>> list = new ArrayList<>(base.size());
        for (int i = 0; i < base.size(); i++) {
            list.add(TYPES.createFloatVector(base.get(i)));
        }
        RandomAccessVectorValues values = new ListRandomAccessVectorValues(list, base.dimension());
        try (ForkJoinPool simd = new ForkJoinPool(threads);
                ForkJoinPool parallel = new ForkJoinPool(threads);
                GraphIndexBuilder builder = builder(values, simd, parallel)) {
            graph = builder.build(values);
        }
        vectors = values;
        searcher = new GraphSearcher(graph);
    }

    private GraphIndexBuilder builder(RandomAccessVectorValues values, ForkJoinPool simd, ForkJoinPool parallel) {
        return new GraphIndexBuilder(
                BuildScoreProvider.randomAccessScoreProvider(values, function),
                values.dimension(),
                List.of(2 * settings.m(), settings.m()),
                settings.efConstruction(),
                OVERFLOW,
                ALPHA,
                true,
                true,
                simd,
                parallel);
    }

    /** The graph by JVector's account, and the floats. */
    @Override
    public Footprint footprint() {
        long floats = vectors == null ? 0 : (long) vectors.size() * vectors.dimension() * Float.BYTES;
        return new Footprint(floats + (graph == null ? 0 : graph.ramBytesUsed()), 0);
    }

    @Override
    public int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) {
        if (allowed != null || searcher == null || vectors == null) {
            throw new UnsupportedOperationException("measured without filters, and once built");
        }
        var scores = DefaultSearchScoreProvider.exact(TYPES.createFloatVector(query), function, vectors);
        SearchResult.NodeScore[] hits = searcher.search(scores, ids.length, Math.max(ef, ids.length), 0f, 0f, Bits.ALL)
                .getNodes();
        for (int i = 0; i < hits.length; i++) {
            ids[i] = hits[i].node;
        }
        return hits.length;
    }

    @Override
    public void close() throws IOException {
        if (searcher != null) {
            searcher.close();
            searcher = null;
        }
        graph = null;
        vectors = null;
    }
}
