package io.vectordb.vectorindex;

import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.OffHeap;
import io.vectordb.vectorindex.quantization.CodeQuery;
import io.vectordb.vectorindex.quantization.Quantizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes the live vectors of an index and its graph into the file of a {@link FrozenVectorIndex}, in an order that suits
 * walks.
 *
 * <p>For one thread; the source must not change meanwhile.
 */
final class FrozenIndexWriter {

    private final HnswGraph graph;
    private final VectorStore store;
    private final HnswParameters parameters;
    private final FrozenOptions options;
    /** Per node of the file the node of the source it is made of, and that whose links it takes over. */
    private final int[] sources;

    private final int[] links;
    /** Per node of the source that has links its node in the file, or -1. */
    private final int[] targets;

    private final int[] nextEqual;
    private int count;
    private int upperSize;

    FrozenIndexWriter(HnswGraph graph, VectorStore store, HnswParameters parameters, FrozenOptions options) {
        this.graph = graph;
        this.store = store;
        this.parameters = parameters;
        this.options = options;
        int allocated = graph.allocated();
        sources = new int[allocated];
        links = new int[allocated];
        targets = new int[allocated];
        nextEqual = new int[allocated];
        Arrays.fill(targets, HnswGraph.END);
        order();
    }

    /** The first live node of each chain takes the place of the one that has the links, which may be deleted. */
    private void order() {
        for (int linked : new GraphOrder(graph).linked()) {
            int last = HnswGraph.END;
            for (int node = linked; node != HnswGraph.END; node = graph.nextEqual(node)) {
                if (!graph.isLive(node)) {
                    continue;
                }
                sources[count] = node;
                nextEqual[count] = HnswGraph.END;
                if (last == HnswGraph.END) {
                    links[count] = linked;
                    targets[linked] = count;
                    upperSize += graph.level(linked);
                } else {
                    links[count] = HnswGraph.END;
                    nextEqual[last] = count;
                }
                last = count++;
            }
        }
    }

    /** Writes to a file beside the path first, so that there is a whole file under it or none. */
    void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (FileChannel channel = FileChannel.open(
                        partial,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(FrozenFormat.HEADER_BYTES, FrozenFormat.ALIGNMENT);
            writeVectorsAndGraph(channel, header, arena);
            addRecall(channel, header, partial);
            channel.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void writeVectorsAndGraph(FileChannel channel, MemorySegment header, Arena arena) throws IOException {
        float[] centroid = Centroid.of(store, sources, count);
        Optional<Quantizer> quantizer = options.quantization()
                .codeFormat()
                .map(format ->
                        new Quantizer(Centroid.distance(store.metric()), format, centroid, KernelProvider.best()));
        fill(header, quantizer);
        channel.position(FrozenFormat.HEADER_BYTES);
        for (Section section : Section.values()) {
            SectionOutput output = new SectionOutput(channel);
            switch (section) {
                case CENTROID -> writeCentroid(output, centroid);
                case NODES -> writeNodes(output);
                case LEVEL_0 -> writeLevel0(output);
                case UPPER -> writeUpper(output);
                case CODES -> quantizer.ifPresent(q -> writeCodes(output, q, arena));
                case VECTORS -> writeVectors(output, arena);
                case INVERSE_NORMS -> writeInverseNorms(output);
                case RECALL -> {
                    // Is measured on the rest, and added then.
                }
            }
            output.finish(header, section);
        }
        seal(channel, header);
    }

    private static void addRecall(FileChannel channel, MemorySegment header, Path partial) throws IOException {
        RecallCurve curve;
        try (FrozenVectorIndex index = FrozenVectorIndex.open(partial, FrozenVectorIndex.Residency.MAPPED)) {
            curve = RecallCurve.measure(index);
        }
        header.set(FrozenFormat.INT, 84, curve.points().size());
        channel.position(FrozenFormat.sectionOffset(header, Section.RECALL));
        SectionOutput output = new SectionOutput(channel);
        for (RecallCurve.Point point : curve.points()) {
            output.putInt(point.efSearch());
            output.putInt(point.k());
            output.putDouble(point.recall());
        }
        output.finish(header, Section.RECALL);
        seal(channel, header);
    }

    private static void seal(FileChannel channel, MemorySegment header) throws IOException {
        header.set(FrozenFormat.LONG, 16, channel.position());
        header.set(
                FrozenFormat.INT,
                FrozenFormat.CHECKSUM_AT,
                FrozenFormat.checksum(header.asSlice(FrozenFormat.CHECKED_FROM)));
        channel.write(header.asByteBuffer(), 0);
    }

    private void fill(MemorySegment header, Optional<Quantizer> quantizer) {
        header.set(FrozenFormat.LONG, 0, FrozenFormat.MAGIC);
        header.set(FrozenFormat.INT, 8, FrozenFormat.VERSION);
        header.set(FrozenFormat.INT, 24, store.metric().ordinal());
        header.set(FrozenFormat.INT, 28, store.dimension());
        header.set(FrozenFormat.INT, 32, count);
        header.set(FrozenFormat.INT, 36, upperSize);
        header.set(FrozenFormat.LONG, 40, entry());
        header.set(FrozenFormat.INT, 48, parameters.m());
        header.set(FrozenFormat.INT, 52, parameters.efConstruction());
        header.set(FrozenFormat.LONG, 56, parameters.seed());
        header.set(FrozenFormat.DOUBLE, 64, store.maxNorm());
        header.set(FrozenFormat.INT, 72, quantizer.map(q -> q.format().bits()).orElse(0));
        header.set(FrozenFormat.INT, 76, options.encoding().ordinal());
        header.set(FrozenFormat.INT, 80, quantizer.map(Quantizer::recordBytes).orElse(0));
    }

    /** The entry point of the source, or, when that is not live, any node of the highest level there is. */
    private long entry() {
        if (count == 0) {
            return HnswGraph.NO_ENTRY;
        }
        int target = targets[HnswGraph.entryPoint(graph.entry())];
        int best = target == HnswGraph.END ? 0 : target;
        for (int node = 0; node < count && target == HnswGraph.END; node++) {
            if (level(node) > level(best)) {
                best = node;
            }
        }
        return HnswGraph.entry(best, level(best));
    }

    private int level(int node) {
        return links[node] == HnswGraph.END ? 0 : graph.level(links[node]);
    }

    private static void writeCentroid(SectionOutput output, float[] centroid) {
        for (float component : centroid) {
            output.putFloat(component);
        }
    }

    private void writeNodes(SectionOutput output) {
        int firstUpper = 0;
        for (int node = 0; node < count; node++) {
            int level = level(node);
            output.putInt(graph.ordinal(sources[node]));
            output.putInt(firstUpper);
            output.putInt(nextEqual[node]);
            int chained = links[node] == HnswGraph.END ? 1 : 0;
            output.putInt(HnswGraph.LIVE & 0xFF | level << Byte.SIZE | chained << 2 * Byte.SIZE);
            firstUpper += level;
        }
    }

    private void writeLevel0(SectionOutput output) {
        for (int node = 0; node < count; node++) {
            writeList(output, node, 0);
        }
    }

    private void writeUpper(SectionOutput output) {
        for (int node = 0; node < count; node++) {
            for (int level = 1; level <= level(node); level++) {
                writeList(output, node, level);
            }
        }
    }

    private void writeList(SectionOutput output, int node, int level) {
        int width = graph.maxDegree(level);
        int written = 0;
        if (links[node] != HnswGraph.END) {
            long list = graph.list(links[node], level);
            int length = graph.length(list, width);
            for (int i = 0; i < length; i++) {
                int target = targets[OffHeap.getInt(list + (long) i * Integer.BYTES)];
                if (target != HnswGraph.END) {
                    output.putInt(target);
                    written++;
                }
            }
        }
        for (; written < width; written++) {
            output.putInt(HnswGraph.END);
        }
    }

    private void writeCodes(SectionOutput output, Quantizer quantizer, Arena arena) {
        CodeQuery scratch = new CodeQuery();
        float[] vector = new float[store.dimension()];
        output.putRecords(arena, quantizer.recordBytes(), count, (node, record) -> {
            read(node, vector);
            quantizer.encode(vector, scratch, record);
        });
    }

    private void writeVectors(SectionOutput output, Arena arena) {
        float[] vector = new float[store.dimension()];
        int bytes = VectorStore.stride(store.dimension()) * options.encoding().bytes();
        output.putRecords(arena, bytes, count, (node, record) -> {
            store.get(sources[node], vector);
            options.encoding().put(record, vector, vector.length);
        });
    }

    private void writeInverseNorms(SectionOutput output) {
        if (store.metric() != Metric.COSINE) {
            return;
        }
        float[] vector = new float[store.dimension()];
        for (int node = 0; node < count; node++) {
            read(node, vector);
            output.putFloat(VectorStore.safeInverseNorm(Vectors.dot(vector, vector, vector.length)));
        }
    }

    /** Reads a vector as it will be read from the file. */
    private void read(int node, float[] vector) {
        store.get(sources[node], vector);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = options.encoding().rounded(vector[i]);
        }
    }
}
