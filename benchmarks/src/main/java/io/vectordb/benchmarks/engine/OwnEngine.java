package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import io.vectordb.vectorindex.FrozenOptions;
import io.vectordb.vectorindex.FrozenVectorIndex;
import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.OrdinalSet;
import io.vectordb.vectorindex.Quantization;
import io.vectordb.vectorindex.SearchResult;
import io.vectordb.vectorindex.VectorIndex;
import io.vectordb.vectorindex.kernel.KernelProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Our own index as it grows; nothing but it and {@link FrozenEngine} knows the interface of our indexes. */
public final class OwnEngine implements GrowingEngine {

    private static final long SEED = 42;

    /** Filters as the index takes them, made once each: who filters has such a set, or finds it by other means. */
    private static final Map<Allowed, OrdinalSet> SETS = Collections.synchronizedMap(new IdentityHashMap<>());

    private final EngineSettings settings;
    private final boolean quantized;
    private GrowingVectorIndex index;

    /** @param quantized whether walks go by codes, else by the vectors themselves */
    public OwnEngine(EngineSettings settings, boolean quantized) {
        this.settings = settings;
        this.quantized = quantized;
        index = empty();
    }

    @Override
    public String version() {
        String version = Optional.ofNullable(
                        GrowingVectorIndex.class.getPackage().getImplementationVersion())
                .orElse("of this checkout");
        return version + " (kernels " + KernelProvider.best().name() + ")";
    }

    @Override
    public void build(VectorFile base, int threads) {
        clear();
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            CompletableFuture.allOf(IntStream.range(0, threads)
                            .mapToObj(thread -> CompletableFuture.runAsync(() -> addRest(base, next), pool))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }

    private void addRest(VectorFile base, AtomicInteger next) {
        float[] vector = new float[base.dimension()];
        for (int i = next.getAndIncrement(); i < base.size(); i = next.getAndIncrement()) {
            base.copy(i, vector);
            index.add(i, vector);
        }
    }

    @Override
    public void clear() {
        index.close();
        index = empty();
    }

    @Override
    public void add(float[] vector) {
        index.add(index.size(), vector);
    }

    /** Writes what was built into a file. */
    void freeze(FrozenOptions options, Path file) throws IOException {
        FrozenVectorIndex.write(index, options, file);
    }

    @Override
    public Footprint footprint() {
        long rescored = quantized ? (long) index.size() * index.dimension() * Float.BYTES : 0;
        return new Footprint(index.memoryBytes() - rescored, rescored);
    }

    @Override
    public int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) {
        return search(index, query, ef, allowed, ids);
    }

    static int search(VectorIndex index, float[] query, int ef, @Nullable Allowed allowed, int[] ids) {
        OrdinalFilter filter = allowed == null ? OrdinalFilter.ALL : SETS.computeIfAbsent(allowed, OwnEngine::set);
        SearchResult result = index.search(query, ids.length, ef, filter);
        System.arraycopy(result.ordinals(), 0, ids, 0, result.size());
        return result.size();
    }

    @Override
    public void close() {
        index.close();
    }

    private static OrdinalSet set(Allowed allowed) {
        return OrdinalSet.ofWords(allowed.words());
    }

    private GrowingVectorIndex empty() {
        return empty(settings, quantized);
    }

    static GrowingVectorIndex empty(EngineSettings settings, boolean quantized) {
        Metric metric = switch (settings.similarity()) {
            case COSINE -> Metric.COSINE;
            case L2 -> Metric.L2;
            case DOT -> Metric.DOT;
        };
        return new GrowingVectorIndex(
                metric,
                settings.dimension(),
                new HnswParameters(settings.m(), settings.efConstruction(), SEED),
                quantized ? Quantization.INT4 : Quantization.NONE,
                MemoryBudget.unlimited());
    }
}
