package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.quantization.CodeFormat;
import io.vectordb.vectorindex.quantization.CodeQuery;
import io.vectordb.vectorindex.quantization.Quantizer;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An index that vectors are added to while it is searched: an HNSW graph over off-heap memory ({@link HnswGraph}).
 *
 * <p>Walks, and the building of the graph, go by codes of four bits, whatever the codes of the frozen form will be:
 * these are as good as the vectors, and much cheaper. They need the mean of the vectors, so the first {@value
 * #TRAINING} go by the vectors themselves. Under {@link Quantization#NONE} and below {@value #MIN_CODED_DIMENSION}
 * dimensions there are no codes.
 *
 * <p>Threading: any number of threads add, search and read. A search takes into account every vector whose addition had
 * returned when it began. One thread that adds equal vectors in equal order builds equal graphs.
 */
public final class GrowingVectorIndex implements VectorIndex, AutoCloseable {

    private static final int TRAINING = 1_000;
    private static final int MIN_CODED_DIMENSION = 24;
    private static final byte EMPTY = -1;

    private final HnswParameters parameters;
    private final Quantization quantization;
    private final MemoryBudget budget;
    private final Arena arena = Arena.ofAuto();
    private final Kernels kernels = KernelProvider.best();
    private final VectorStore store;
    private final HnswGraph graph;
    private final HnswInserter inserter;
    private final GraphSearch search;
    private final AtomicInteger size = new AtomicInteger();
    /** Held for reading while a vector is added that has no code, and for writing while all get theirs. */
    private final ReadWriteLock training = new ReentrantReadWriteLock();

    private volatile @Nullable CodeStore codes;

    public GrowingVectorIndex(
            Metric metric, int dimension, HnswParameters parameters, Quantization quantization, MemoryBudget budget) {
        if (dimension < 1) {
            throw new IllegalArgumentException("expected a dimension of at least 1, received " + dimension);
        }
        this.parameters = parameters;
        this.quantization = quantization;
        this.budget = budget;
        int vectorBytes = VectorStore.stride(dimension) * Float.BYTES;
        store = new VectorStore(
                metric,
                dimension,
                VectorEncoding.FLOAT32,
                region(vectorBytes, 0, (byte) 0),
                region(Float.BYTES, 0, (byte) 0),
                0,
                kernels);
        graph = new HnswGraph(
                parameters.m(),
                region(HnswGraph.NODE_BYTES, 0, EMPTY),
                region(2 * parameters.m() * Integer.BYTES, 0, EMPTY),
                region(parameters.m() * Integer.BYTES, 0, EMPTY));
        inserter = new HnswInserter(graph, store, parameters);
        search = new GraphSearch(graph, store);
    }

    private Region region(int recordBytes, int slackBytes, byte fill) {
        return new Region(arena, budget, recordBytes, slackBytes, fill);
    }

    @Override
    public Metric metric() {
        return store.metric();
    }

    @Override
    public int dimension() {
        return store.dimension();
    }

    public Quantization quantization() {
        return quantization;
    }

    @Override
    public int size() {
        return size.get();
    }

    /**
     * Adds a vector of a record and returns its node. A record may have several.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, or {@code MEMORY_LIMIT}; nothing has
     *     changed then
     */
    public int add(int ordinal, float[] vector) {
        Vectors.validate(metric(), dimension(), vector);
        int node;
        CodeStore coded = codes;
        if (coded != null || quantization == Quantization.NONE || dimension() < MIN_CODED_DIMENSION) {
            node = add(ordinal, vector, coded);
        } else {
            node = addBeforeTraining(ordinal, vector);
        }
        Reference.reachabilityFence(this);
        return node;
    }

    private int addBeforeTraining(int ordinal, float[] vector) {
        int node;
        training.readLock().lock();
        try {
            node = add(ordinal, vector, codes);
        } finally {
            training.readLock().unlock();
        }
        if (node + 1 >= TRAINING && codes == null) {
            training.writeLock().lock();
            try {
                if (codes == null) {
                    codes = train();
                }
            } finally {
                training.writeLock().unlock();
            }
        }
        return node;
    }

    private int add(int ordinal, float[] vector, @Nullable CodeStore coded) {
        int node = allocate(ordinal, coded);
        store.put(node, vector);
        if (coded != null) {
            coded.put(node, vector, SearchScratch.local().query.code());
        }
        inserter.insert(node, coded != null ? coded : store);
        size.incrementAndGet();
        return node;
    }

    private synchronized int allocate(int ordinal, @Nullable CodeStore coded) {
        int node = graph.allocated();
        store.ensure(node + 1);
        if (coded != null) {
            coded.ensure(node + 1);
        }
        graph.ensure(node + 1);
        graph.begin(node, ordinal, parameters.levelOf(node));
        graph.setAllocated(node + 1);
        return node;
    }

    /** Codes for all vectors that there are, relative to their mean; while none is being added. */
    private CodeStore train() {
        int count = graph.allocated();
        float[] vector = new float[dimension()];
        double[] sums = new double[dimension()];
        for (int node = 0; node < count; node++) {
            store.get(node, vector);
            double scale = metric() == Metric.COSINE ? 1 / Math.sqrt(Vectors.dot(vector, vector, dimension())) : 1;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += vector[i] * scale;
            }
        }
        float[] centroid = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            centroid[i] = (float) (sums[i] / count);
        }
        Quantizer quantizer = new Quantizer(distance(metric()), CodeFormat.FOUR_BITS, centroid, kernels);
        CodeStore coded = new CodeStore(quantizer, region(quantizer.recordBytes(), Quantizer.slackBytes(), (byte) 0));
        coded.ensure(count);
        CodeQuery scratch = SearchScratch.local().query.code();
        for (int node = 0; node < count; node++) {
            store.get(node, vector);
            coded.put(node, vector, scratch);
        }
        return coded;
    }

    private static Quantizer.Distance distance(Metric metric) {
        return switch (metric) {
            case COSINE -> Quantizer.Distance.COSINE;
            case DOT -> Quantizer.Distance.DOT;
            case L2 -> Quantizer.Distance.SQUARED_L2;
        };
    }

    @Override
    public void vector(int node, float[] out) {
        Objects.checkIndex(node, graph.allocated());
        store.get(node, out);
        Reference.reachabilityFence(this);
    }

    @Override
    public SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        CodeStore coded = codes;
        SearchResult result = search.search(
                query,
                k,
                efSearch,
                filter,
                coded != null ? coded : store,
                SearchScratch.local().check.begin(cancelled));
        Reference.reachabilityFence(this);
        return result;
    }

    @Override
    public SearchResult searchExact(float[] query, int k, OrdinalFilter filter, BooleanSupplier cancelled) {
        checkQuery(query, k);
        SearchResult result =
                search.searchExact(query, k, filter, SearchScratch.local().check.begin(cancelled));
        Reference.reachabilityFence(this);
        return result;
    }

    @Override
    public RangeResult searchRange(
            float[] query, double radius, int limit, int efSearch, OrdinalFilter filter, BooleanSupplier cancelled) {
        Vectors.validate(metric(), dimension(), query);
        CodeStore coded = codes;
        CancellationCheck check = SearchScratch.local().check.begin(cancelled);
        RangeResult result =
                search.searchRange(query, radius, limit, efSearch, filter, coded != null ? coded : store, check);
        Reference.reachabilityFence(this);
        return result;
    }

    @Override
    public RangeResult searchRangeExact(
            float[] query, double radius, int limit, OrdinalFilter filter, BooleanSupplier cancelled) {
        Vectors.validate(metric(), dimension(), query);
        CancellationCheck check = SearchScratch.local().check.begin(cancelled);
        RangeResult result = search.searchRangeExact(query, radius, limit, filter, check);
        Reference.reachabilityFence(this);
        return result;
    }

    private void checkQuery(float[] query, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("expected k of at least 1, received " + k);
        }
        Vectors.validate(metric(), dimension(), query);
    }

    /** What vectors, codes and links occupy, room in the last chunks included. */
    @Override
    public long memoryBytes() {
        CodeStore coded = codes;
        return store.memoryBytes() + graph.memoryBytes() + (coded == null ? 0 : coded.memoryBytes());
    }

    /** For tests and measurements: a search by this plan, whatever it costs. */
    SearchResult search(float[] query, int k, int efSearch, OrdinalFilter filter, FilterPlan plan) {
        CodeStore coded = codes;
        return search.search(query, k, efSearch, filter, coded != null ? coded : store, new CancellationCheck(), plan);
    }

    HnswGraph graph() {
        return graph;
    }

    VectorStore store() {
        return store;
    }

    HnswParameters parameters() {
        return parameters;
    }

    /**
     * Gives the memory back to the budget; no call may follow or be under way. It is freed once nobody holds the index
     * any more.
     */
    @Override
    public void close() {
        store.release();
        graph.release();
        CodeStore coded = codes;
        if (coded != null) {
            coded.release();
        }
    }
}
