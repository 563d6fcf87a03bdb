package io.vectordb.vectorindex;

import io.vectordb.common.VectorDbException;
import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.OffHeap;
import io.vectordb.vectorindex.quantization.CodeFormat;
import io.vectordb.vectorindex.quantization.Quantizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An index in a file, made from a {@link GrowingVectorIndex}, that never changes any more: graph, codes and vectors are
 * mapped, in an order that suits walks ({@link GraphOrder}). The format is that of {@link FrozenFormat}.
 *
 * <p>Every section is read and its checksum compared when the file is opened, and every link is checked to lead to a
 * node, so that no search of a file that was opened can fail for what is in it.
 *
 * <p>Threading: any number of threads search and read. {@link #close} waits for none: the file is unmapped when the last
 * search that is under way ends.
 */
public final class FrozenVectorIndex extends SearchedIndex implements AutoCloseable {

    /** Where graph and codes are while the index is open; vectors always stay in the mapped file. */
    public enum Residency {
        /** In the mapped file as well: opens fast, and several processes share the memory. */
        MAPPED,
        /** Copied into large pages: walks of an index that exceeds the caches are faster. */
        LOADED
    }

    private static final long CLOSED = 1L << 62;

    private final Path file;
    private final Arena arena;
    private final MemoryBudget budget;
    private final long loadedBytes;
    private final long mappedVectorBytes;
    private final long mappedBytes;
    private final VectorStore store;
    private final HnswGraph graph;
    private final Optional<CodeStore> codes;
    private final GraphSearch search;
    private final RecallCurve recallCurve;
    private final HnswParameters parameters;
    private final FrozenOptions options;
    /** Calls under way, and {@link #CLOSED} once closed. */
    private final AtomicLong users = new AtomicLong();

    /** @param loadedBytes what was reserved for what will be loaded */
    private FrozenVectorIndex(
            Path file, Arena arena, FrozenFile content, Residency residency, MemoryBudget budget, long loadedBytes) {
        this.file = file;
        this.arena = arena;
        this.budget = budget;
        Metric metric = content.metric();
        int dimension = content.dimension();
        parameters = content.parameters();
        int vectorBytes = content.vectorBytes();
        this.loadedBytes = loadedBytes;
        graph = new HnswGraph(
                parameters.m(),
                region(content, Section.NODES, HnswGraph.NODE_BYTES, residency),
                region(content, Section.LEVEL_0, 2 * parameters.m() * Integer.BYTES, residency),
                region(content, Section.UPPER, parameters.m() * Integer.BYTES, residency),
                content.nodes(),
                content.upperLists(),
                content.entry());
        store = new VectorStore(
                metric,
                dimension,
                content.encoding(),
                new Region(content.section(Section.VECTORS), vectorBytes),
                new Region(content.section(Section.INVERSE_NORMS), Float.BYTES),
                content.maxNorm(),
                KernelProvider.best());
        codes = content.codeFormat().map(format -> codes(content, format, residency));
        options = new FrozenOptions(content.quantization(), content.encoding());
        search = new GraphSearch(graph, store, true);
        recallCurve = content.recallCurve();
        mappedBytes = content.bytes();
        mappedVectorBytes = content.section(Section.VECTORS).byteSize();
    }

    private CodeStore codes(FrozenFile content, CodeFormat format, Residency residency) {
        Quantizer quantizer =
                new Quantizer(Centroid.distance(content.metric()), format, content.centroid(), KernelProvider.best());
        return new CodeStore(quantizer, region(content, Section.CODES, quantizer.recordBytes(), residency));
    }

    private Region region(FrozenFile content, Section section, int recordBytes, Residency residency) {
        MemorySegment mapped = content.section(section);
        if (residency == Residency.MAPPED || mapped.byteSize() == 0) {
            return new Region(mapped, recordBytes);
        }
        MemorySegment memory = LargeBlocks.allocate(arena, mapped.byteSize() + FrozenFormat.SLACK_BYTES);
        OffHeap.copy(mapped.address(), memory.address(), mapped.byteSize());
        return new Region(memory, recordBytes);
    }

    /**
     * Writes the live vectors of an index, which must not change meanwhile, into a new file. The file appears when it is
     * whole; nodes are numbered anew, ordinals stay.
     */
    public static void write(GrowingVectorIndex source, FrozenOptions options, Path file) throws IOException {
        source.repair();
        new FrozenIndexWriter(source.graph(), source.store(), source.parameters(), options).write(file);
    }

    /** Opens a file without a limit of memory; see {@link #open(Path, Residency, MemoryBudget)}. */
    public static FrozenVectorIndex open(Path file, Residency residency) throws IOException {
        return open(file, residency, MemoryBudget.unlimited());
    }

    /**
     * Opens a file and checks all of it.
     *
     * @param budget what is loaded is taken from
     * @throws IOException when the file cannot be read
     * @throws VectorDbException {@code SEGMENT_CORRUPT}, with file and section, when it is torn, truncated or altered,
     *     or of a version that is not known; {@code MEMORY_LIMIT}
     */
    public static FrozenVectorIndex open(Path file, Residency residency, MemoryBudget budget) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return open(file, arena, FrozenFile.check(file, bytes), residency, budget);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static FrozenVectorIndex open(
            Path file, Arena arena, FrozenFile content, Residency residency, MemoryBudget budget) {
        long loaded = 0;
        if (residency == Residency.LOADED) {
            for (Section section : List.of(Section.NODES, Section.LEVEL_0, Section.UPPER, Section.CODES)) {
                loaded += content.section(section).byteSize();
            }
        }
        budget.reserve(loaded);
        try {
            return new FrozenVectorIndex(file, arena, content, residency, budget, loaded);
        } catch (RuntimeException | Error e) {
            budget.release(loaded);
            throw e;
        }
    }

    @Override
    public int size() {
        return graph.allocated();
    }

    public FrozenOptions options() {
        return options;
    }

    public HnswParameters parameters() {
        return parameters;
    }

    /**
     * The narrowest beam with which walks have found this share of the {@code k} nearest, when they were measured as the
     * file was written; nothing when only an exact search will do.
     *
     * @param minRecall within 0 and 1
     */
    public OptionalInt efSearchFor(double minRecall, int k) {
        if (!(minRecall >= 0 && minRecall <= 1)) {
            throw new IllegalArgumentException("expected a recall within 0 and 1, received " + minRecall);
        }
        return recallCurve.effort(minRecall, k).stream()
                .mapToInt(RecallCurve.Point::efSearch)
                .findFirst();
    }

    /** The record that the vector of a node belongs to; nodes are {@code 0..size() - 1}. */
    public int ordinal(int node) {
        Objects.checkIndex(node, size());
        int entered = enter();
        try {
            return graph.ordinal(node);
        } finally {
            leave(entered);
        }
    }

    @Override
    public void vector(int node, float[] out) {
        Objects.checkIndex(node, size());
        int entered = enter();
        try {
            store.get(node, out);
        } finally {
            leave(entered);
        }
    }

    /** What was loaded into memory; what is only mapped is told by {@link #mappedBytes}. */
    @Override
    public long memoryBytes() {
        return loadedBytes + search.memoryBytes();
    }

    /** The length of the file. */
    public long mappedBytes() {
        return mappedBytes;
    }

    /** The part of the file that holds the vectors themselves, of which a search reads only a few. */
    public long mappedVectorBytes() {
        return mappedVectorBytes;
    }

    @Override
    GraphSearch graphSearch() {
        return search;
    }

    @Override
    NodeScorer scorer() {
        return codes.isPresent() ? codes.get() : store;
    }

    HnswGraph graph() {
        return graph;
    }

    @Override
    VectorStore store() {
        return store;
    }

    /** Runs something that reads graph and vectors by themselves. */
    void whileOpen(Runnable reading) {
        int entered = enter();
        try {
            reading.run();
        } finally {
            leave(entered);
        }
    }

    @Override
    int enter() {
        if (users.getAndIncrement() >= CLOSED) {
            leave(0);
            throw new IllegalStateException(file + " is closed");
        }
        return 0;
    }

    @Override
    void leave(int entered) {
        if (users.decrementAndGet() == CLOSED) {
            free();
        }
    }

    /** Refuses further calls, and frees the memory when the last one under way ends. Closing twice changes nothing. */
    @Override
    public void close() {
        long before = users.getAndUpdate(count -> count | CLOSED);
        if (before == 0) {
            free();
        }
    }

    /** Once: a call that comes too late may pass through the closed state more than once. */
    private void free() {
        if (users.compareAndSet(CLOSED, CLOSED | CLOSED >> 1)) {
            budget.release(loadedBytes);
            arena.close();
        }
    }
}
