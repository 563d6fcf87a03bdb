package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.quantization.CodeFormat;
import io.vectordb.vectorindex.quantization.CodeQuery;
import io.vectordb.vectorindex.quantization.Quantizer;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An index that vectors are added to and removed from while it is searched: an HNSW graph over off-heap memory ({@link
 * HnswGraph}).
 *
 * <p>Walks, and the building of the graph, go by codes of four bits, whatever the codes of the frozen form will be:
 * these are as good as the vectors, and much cheaper. They need the mean of the vectors, so the first {@value
 * #TRAINING} go by the vectors themselves. Under {@link Quantization#NONE} and below {@value #MIN_CODED_DIMENSION}
 * dimensions there are no codes.
 *
 * <p>A removed vector is found no more; taking it out of the graph, and giving its node to another vector, is done bit by
 * bit by the additions and removals that follow ({@link Tombstones}). So neither recall nor memory suffers from steady
 * replacement. An update is a removal and an addition.
 *
 * <p>Threading: any number of threads add, remove, search and read. A search takes into account every vector whose
 * addition had returned when it began, and none whose removal had. One thread that adds and removes equal vectors in
 * equal order, while nobody searches, builds equal graphs.
 */
public final class GrowingVectorIndex extends SearchedIndex implements AutoCloseable {

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
    private final Tombstones tombstones;
    private final GracePeriods periods = new GracePeriods();
    private final GraphSearch search;
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean isClosed = new AtomicBoolean();
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
        NodeLocks locks = new NodeLocks();
        inserter = new HnswInserter(graph, store, parameters, locks);
        tombstones = new Tombstones(graph, inserter, locks, periods);
        search = new GraphSearch(graph, store);
    }

    /**
     * An index that goes on where a frozen one ended, without those of its vectors whose records are gone.
     *
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}, and nothing is taken from the budget then
     */
    static GrowingVectorIndex of(
            FrozenMerge.Source source, HnswParameters parameters, Quantization quantization, MemoryBudget budget) {
        FrozenVectorIndex frozen = source.index();
        GrowingVectorIndex index =
                new GrowingVectorIndex(frozen.metric(), frozen.dimension(), parameters, quantization, budget);
        try {
            frozen.whileOpen(() -> index.takeOver(frozen, source.ordinals()));
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
        return index;
    }

    private void takeOver(FrozenVectorIndex frozen, IntUnaryOperator ordinals) {
        float[] vector = new float[dimension()];
        int[] gone = new int[frozen.size()];
        int goneCount = 0;
        for (int node = 0; node < frozen.size(); node++) {
            int ordinal = ordinals.applyAsInt(frozen.graph().ordinal(node));
            if (ordinal < 0) {
                gone[goneCount++] = node;
            }
            store.ensure(node + 1);
            frozen.store().get(node, vector);
            store.put(node, vector);
            graph.takeOver(frozen.graph(), node, ordinal);
        }
        graph.finishTakeOver(frozen.graph());
        size.set(frozen.size());
        if (isCoded() && frozen.size() >= TRAINING) {
            codes = train();
        }
        for (int i = 0; i < goneCount; i++) {
            remove(gone[i]);
        }
    }

    private boolean isCoded() {
        return quantization != Quantization.NONE && dimension() >= MIN_CODED_DIMENSION;
    }

    private Region region(int recordBytes, int slackBytes, byte fill) {
        return new Region(arena, budget, recordBytes, slackBytes, fill);
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
     * <p>Nodes are dense: one that was removed is given to another vector as soon as no search can be on it any more, and
     * only then a new one.
     *
     * @throws io.vectordb.common.VectorDbException as {@link Vectors#validate}, or {@code MEMORY_LIMIT}; nothing has
     *     changed then
     */
    public int add(int ordinal, float[] vector) {
        if (ordinal < 0) {
            throw new IllegalArgumentException("expected an ordinal of at least 0, received " + ordinal);
        }
        Vectors.validate(metric(), dimension(), vector);
        return addStored(ordinal, vector);
    }

    /** Adds a vector that another index has kept: under cosine its encoding may have left nothing but zeros of it. */
    int addStored(int ordinal, float[] vector) {
        CodeStore coded = codes;
        int node = coded != null || !isCoded() ? add(ordinal, vector, coded) : addBeforeTraining(ordinal, vector);
        tombstones.advance(scorer());
        Reference.reachabilityFence(this);
        return node;
    }

    /**
     * Removes the vector of a node, as {@code add} returned it: searches that begin when this has returned do not find
     * it.
     *
     * <p>Whoever removes a node must not use its number afterwards, which may be that of another vector soon. In
     * particular {@link #vector} has the removed vector for a while only.
     *
     * @return whether there was a vector; false means that the node was removed before, and its number is not used again
     *     yet
     */
    public boolean remove(int node) {
        Objects.checkIndex(node, graph.allocated());
        if (!tombstones.remove(node)) {
            return false;
        }
        size.decrementAndGet();
        tombstones.advance(scorer());
        Reference.reachabilityFence(this);
        return true;
    }

    /** Takes all removed nodes out of the graph now. It waits for the searches that are under way. */
    void repair() {
        tombstones.finish(scorer());
        Reference.reachabilityFence(this);
    }

    @Override
    NodeScorer scorer() {
        CodeStore coded = codes;
        return coded != null ? coded : store;
    }

    private int addBeforeTraining(int ordinal, float[] vector) {
        if (graph.allocated() >= TRAINING) {
            training.writeLock().lock();
            try {
                if (codes == null) {
                    codes = train();
                }
            } finally {
                training.writeLock().unlock();
            }
        }
        training.readLock().lock();
        try {
            return add(ordinal, vector, codes);
        } finally {
            training.readLock().unlock();
        }
    }

    private int add(int ordinal, float[] vector, @Nullable CodeStore coded) {
        int period = periods.enter();
        try {
            int node = allocate(ordinal, coded);
            store.put(node, vector);
            if (coded != null) {
                coded.put(node, vector, SearchScratch.local().query.code());
            }
            inserter.insert(node, coded != null ? coded : store);
            size.incrementAndGet();
            return node;
        } finally {
            periods.leave(period);
        }
    }

    private synchronized int allocate(int ordinal, @Nullable CodeStore coded) {
        int reused = tombstones.takeFree();
        if (reused >= 0) {
            graph.begin(reused, ordinal);
            return reused;
        }
        int node = graph.allocated();
        int level = parameters.levelOf(node);
        store.ensure(node + 1);
        if (coded != null) {
            coded.ensure(node + 1);
        }
        graph.ensureNext(level);
        return graph.beginNext(ordinal, level);
    }

    /** Codes for all vectors that there are, relative to their mean; while none is being added. */
    private CodeStore train() {
        int count = graph.allocated();
        int[] live = IntStream.range(0, count).filter(graph::isLive).toArray();
        float[] centroid = Centroid.of(store, live, live.length);
        Quantizer quantizer = new Quantizer(Centroid.distance(metric()), CodeFormat.FOUR_BITS, centroid, kernels);
        CodeStore coded = new CodeStore(quantizer, region(quantizer.recordBytes(), Quantizer.slackBytes(), (byte) 0));
        coded.ensure(count);
        CodeQuery scratch = SearchScratch.local().query.code();
        float[] vector = new float[dimension()];
        for (int node = 0; node < count; node++) {
            store.get(node, vector);
            coded.put(node, vector, scratch);
        }
        return coded;
    }

    @Override
    public void vector(int node, float[] out) {
        Objects.checkIndex(node, graph.allocated());
        store.get(node, out);
        Reference.reachabilityFence(this);
    }

    /** What vectors, codes and links occupy, room in the last chunks included. */
    @Override
    public long memoryBytes() {
        CodeStore coded = codes;
        return store.memoryBytes() + graph.memoryBytes() + (coded == null ? 0 : coded.memoryBytes());
    }

    @Override
    int enter() {
        return periods.enter();
    }

    @Override
    void leave(int period) {
        periods.leave(period);
        Reference.reachabilityFence(this);
    }

    @Override
    GraphSearch graphSearch() {
        return search;
    }

    HnswGraph graph() {
        return graph;
    }

    @Override
    VectorStore store() {
        return store;
    }

    HnswParameters parameters() {
        return parameters;
    }

    /**
     * Gives the memory back to the budget; nothing may be added or removed any more. Searches go on: the memory is freed
     * once nobody holds the index. Closing twice changes nothing.
     */
    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        store.release();
        graph.release();
        CodeStore coded = codes;
        if (coded != null) {
            coded.release();
        }
    }
}
