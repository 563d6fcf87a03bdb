package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.Quantization;
import io.vectordb.vectorindex.SearchResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Our own index; nothing else in this module knows its interface. */
public final class OwnEngine implements GrowingEngine {

    private static final long SEED = 42;

    private final EngineSettings settings;
    private GrowingVectorIndex index;

    public OwnEngine(EngineSettings settings) {
        this.settings = settings;
        index = empty();
    }

    @Override
    public String version() {
        return Optional.ofNullable(GrowingVectorIndex.class.getPackage().getImplementationVersion())
                .orElse("of this checkout");
    }

    @Override
    public void build(VectorFile base, int threads) {
        if (threads != 1) {
            throw new UnsupportedOperationException("one thread builds, " + threads + " were asked for");
        }
        index = empty();
        float[] vector = new float[base.dimension()];
        for (int i = 0; i < base.size(); i++) {
            base.copy(i, vector);
            index.add(i, vector);
        }
    }

    @Override
    public void clear() {
        index = empty();
    }

    @Override
    public void add(float[] vector) {
        index.add(index.size(), vector);
    }

    @Override
    public Footprint footprint() {
        return new Footprint(index.memoryBytes(), 0);
    }

    @Override
    public int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) {
        OrdinalFilter filter = allowed == null ? OrdinalFilter.ALL : allowed::contains;
        SearchResult result = index.search(query, ids.length, ef, filter);
        System.arraycopy(result.ordinals(), 0, ids, 0, result.size());
        return result.size();
    }

    @Override
    public void close() {
        index = empty();
    }

    private GrowingVectorIndex empty() {
        Metric metric = switch (settings.similarity()) {
            case COSINE -> Metric.COSINE;
            case L2 -> Metric.L2;
            case DOT -> Metric.DOT;
        };
        return new GrowingVectorIndex(
                metric,
                settings.dimension(),
                new HnswParameters(settings.m(), settings.efConstruction(), SEED),
                Quantization.INT4,
                MemoryBudget.unlimited());
    }
}
