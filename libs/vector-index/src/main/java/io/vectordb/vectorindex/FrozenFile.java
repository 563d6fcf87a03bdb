package io.vectordb.vectorindex;

import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.OffHeap;
import io.vectordb.vectorindex.quantization.CodeFormat;
import io.vectordb.vectorindex.quantization.Quantizer;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The content of a {@link FrozenFormat} file that was found to be whole. */
final class FrozenFile {

    /** Keeps the bytes of a vector and of its code within an int. */
    private static final int MAX_DIMENSION = 1 << 24;

    private final Path file;
    private final MemorySegment bytes;

    private FrozenFile(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Checks header, sections and links.
     *
     * @throws io.vectordb.common.VectorDbException {@code SEGMENT_CORRUPT}
     */
    static FrozenFile check(Path file, MemorySegment bytes) {
        FrozenFile content = new FrozenFile(file, bytes);
        content.checkHeader();
        for (Section section : Section.values()) {
            content.checkSection(section);
        }
        content.checkValues();
        content.checkLengths();
        content.checkLinks();
        return content;
    }

    private void checkHeader() {
        if (bytes.byteSize() < FrozenFormat.HEADER_BYTES) {
            throw corrupt("header", "expected " + FrozenFormat.HEADER_BYTES + " bytes, found " + bytes.byteSize());
        }
        if (bytes.get(FrozenFormat.LONG, 0) != FrozenFormat.MAGIC) {
            throw corrupt("header", "it does not begin as an index does");
        }
        int version = bytes.get(FrozenFormat.INT, 8);
        if (version != FrozenFormat.VERSION) {
            throw corrupt("header", "expected version " + FrozenFormat.VERSION + ", found " + version);
        }
        int checksum = FrozenFormat.checksum(
                bytes.asSlice(FrozenFormat.CHECKED_FROM, (long) FrozenFormat.HEADER_BYTES - FrozenFormat.CHECKED_FROM));
        checkChecksum("header", bytes.get(FrozenFormat.INT, FrozenFormat.CHECKSUM_AT), checksum);
        long length = bytes.get(FrozenFormat.LONG, 16);
        if (length != bytes.byteSize()) {
            throw corrupt("end", "expected a file of " + length + " bytes, found " + bytes.byteSize());
        }
    }

    private void checkSection(Section section) {
        long offset = FrozenFormat.sectionOffset(bytes, section);
        long length = FrozenFormat.sectionBytes(bytes, section);
        if (offset < FrozenFormat.HEADER_BYTES
                || offset % FrozenFormat.ALIGNMENT != 0
                || length < 0
                || offset > bytes.byteSize() - FrozenFormat.SLACK_BYTES
                || length > bytes.byteSize() - FrozenFormat.SLACK_BYTES - offset) {
            throw corrupt(
                    name(section),
                    "expected it within " + bytes.byteSize() + " bytes, found " + offset + " + " + length);
        }
        int checksum = FrozenFormat.checksum(section(section));
        checkChecksum(name(section), FrozenFormat.sectionChecksum(bytes, section), checksum);
    }

    private void checkChecksum(String part, int expected, int found) {
        if (expected != found) {
            throw corrupt(
                    part,
                    "expected the checksum " + Integer.toHexString(expected) + ", found " + Integer.toHexString(found));
        }
    }

    /** Addresses are computed from these without a check of their own. */
    private void checkValues() {
        checkWithin("dimension", dimension(), 1, MAX_DIMENSION);
        checkWithin("number of nodes", nodes(), 0, Integer.MAX_VALUE);
        checkWithin("number of upper lists", upperLists(), 0, Integer.MAX_VALUE);
        try {
            parameters();
        } catch (IllegalArgumentException e) {
            throw corrupt("header", String.valueOf(e.getMessage()));
        }
        if (!(maxNorm() >= 0 && maxNorm() <= Double.MAX_VALUE)) {
            throw corrupt("header", "expected a finite norm, found " + maxNorm());
        }
        checkLength(Section.CENTROID, (long) Float.BYTES * dimension());
        int record = codeFormat()
                .map(format -> new Quantizer(Centroid.distance(metric()), format, centroid(), KernelProvider.best()))
                .map(Quantizer::recordBytes)
                .orElse(0);
        checkWithin("length of a code", bytes.get(FrozenFormat.INT, 80), record, record);
    }

    private void checkWithin(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw corrupt("header", "expected a " + what + " within " + min + " and " + max + ", found " + value);
        }
    }

    private void checkLengths() {
        long nodes = nodes();
        long m = parameters().m();
        checkLength(Section.NODES, HnswGraph.NODE_BYTES * nodes);
        checkLength(Section.LEVEL_0, 2 * m * Integer.BYTES * nodes);
        checkLength(Section.UPPER, m * Integer.BYTES * upperLists());
        checkLength(Section.CODES, (long) bytes.get(FrozenFormat.INT, 80) * nodes);
        checkLength(Section.VECTORS, vectorBytes() * nodes);
        checkLength(Section.INVERSE_NORMS, metric() == Metric.COSINE ? Float.BYTES * nodes : 0);
        checkLength(Section.RECALL, (long) FrozenFormat.RECALL_POINT_BYTES * bytes.get(FrozenFormat.INT, 84));
    }

    private void checkLength(Section section, long expected) {
        long found = FrozenFormat.sectionBytes(bytes, section);
        if (found != expected) {
            throw corrupt(name(section), "expected " + expected + " bytes, found " + found);
        }
    }

    /** Searches follow links without a check of their own. */
    private void checkLinks() {
        checkInts(Section.LEVEL_0, 0, Integer.BYTES, nodes());
        checkInts(Section.UPPER, 0, Integer.BYTES, nodes());
        checkInts(Section.NODES, 8, HnswGraph.NODE_BYTES, nodes());
        long nodes = section(Section.NODES).address();
        long lists = 0;
        for (int node = 0; node < nodes(); node++) {
            long record = nodes + (long) node * HnswGraph.NODE_BYTES;
            checkNode(node, record);
            if (OffHeap.getInt(record + 4) != lists) {
                throw corrupt(name(Section.NODES), "node " + node + " has the upper lists of another");
            }
            lists += OffHeap.getByte(record + 13);
        }
        long entry = entry();
        boolean valid = nodes() == 0
                ? entry == HnswGraph.NO_ENTRY
                : HnswGraph.entryPoint(entry) >= 0
                        && HnswGraph.entryPoint(entry) < nodes()
                        && OffHeap.getByte(nodes + (long) HnswGraph.entryPoint(entry) * HnswGraph.NODE_BYTES + 13)
                                == HnswGraph.entryLevel(entry);
        if (lists != upperLists() || !valid) {
            throw corrupt("header", "the entry point or the number of upper lists is not that of the nodes");
        }
        checkLevels(nodes);
    }

    private void checkNode(int node, long record) {
        int ordinal = OffHeap.getInt(record);
        int next = OffHeap.getInt(record + 8);
        byte state = OffHeap.getByte(record + 12);
        byte level = OffHeap.getByte(record + 13);
        if (ordinal < 0 || state != HnswGraph.LIVE || level < 0) {
            throw corrupt(
                    name(Section.NODES),
                    "node " + node + " has the ordinal " + ordinal + ", state " + state + " and level " + level);
        }
        // A chain is written in the order of its nodes; one that leads back has no end.
        if (next != HnswGraph.END && next <= node) {
            throw corrupt(name(Section.NODES), "the chain of node " + node + " leads back to " + next);
        }
    }

    /** A walk reads the list of a level of whatever node it finds in one: such a node must have it. */
    private void checkLevels(long nodes) {
        long list = section(Section.UPPER).address();
        int m = parameters().m();
        for (int node = 0; node < nodes(); node++) {
            int levels = OffHeap.getByte(nodes + (long) node * HnswGraph.NODE_BYTES + 13);
            for (int level = 1; level <= levels; level++, list += (long) m * Integer.BYTES) {
                for (int i = 0; i < m; i++) {
                    int neighbour = OffHeap.getInt(list + (long) i * Integer.BYTES);
                    if (neighbour != HnswGraph.END
                            && OffHeap.getByte(nodes + (long) neighbour * HnswGraph.NODE_BYTES + 13) < level) {
                        throw corrupt(
                                name(Section.UPPER),
                                "node " + neighbour + " is in a list of level " + level + " above its own");
                    }
                }
            }
        }
    }

    private void checkInts(Section section, int from, int step, int limit) {
        MemorySegment ints = section(section);
        for (long at = from; at < ints.byteSize(); at += step) {
            int value = OffHeap.getInt(ints.address() + at);
            if (value >= limit || value < HnswGraph.END) {
                throw corrupt(name(section), "expected nodes below " + limit + ", found " + value);
            }
        }
    }

    private io.vectordb.common.VectorDbException corrupt(String part, String reason) {
        return FrozenFormat.corrupt(file, part, reason);
    }

    private static String name(Section section) {
        return section.name().toLowerCase(java.util.Locale.ROOT);
    }

    long bytes() {
        return bytes.byteSize();
    }

    MemorySegment section(Section section) {
        return bytes.asSlice(FrozenFormat.sectionOffset(bytes, section), FrozenFormat.sectionBytes(bytes, section));
    }

    Metric metric() {
        return choice("metric", Metric.values(), bytes.get(FrozenFormat.INT, 24));
    }

    int dimension() {
        return bytes.get(FrozenFormat.INT, 28);
    }

    int nodes() {
        return bytes.get(FrozenFormat.INT, 32);
    }

    int upperLists() {
        return bytes.get(FrozenFormat.INT, 36);
    }

    long entry() {
        return bytes.get(FrozenFormat.LONG, 40);
    }

    HnswParameters parameters() {
        return new HnswParameters(
                bytes.get(FrozenFormat.INT, 48), bytes.get(FrozenFormat.INT, 52), bytes.get(FrozenFormat.LONG, 56));
    }

    double maxNorm() {
        return bytes.get(FrozenFormat.DOUBLE, 64);
    }

    Quantization quantization() {
        int bits = bytes.get(FrozenFormat.INT, 72);
        for (Quantization quantization : Quantization.values()) {
            if (quantization.codeFormat().map(CodeFormat::bits).orElse(0) == bits) {
                return quantization;
            }
        }
        throw corrupt("header", "no code has " + bits + " bits");
    }

    Optional<CodeFormat> codeFormat() {
        return quantization().codeFormat();
    }

    VectorEncoding encoding() {
        return choice("encoding", VectorEncoding.values(), bytes.get(FrozenFormat.INT, 76));
    }

    /** Bytes from one vector to the next. */
    int vectorBytes() {
        return VectorStore.stride(dimension()) * encoding().bytes();
    }

    float[] centroid() {
        return section(Section.CENTROID).toArray(FrozenFormat.FLOAT);
    }

    RecallCurve recallCurve() {
        MemorySegment points = section(Section.RECALL);
        List<RecallCurve.Point> curve = new ArrayList<>();
        for (long at = 0; at < points.byteSize(); at += FrozenFormat.RECALL_POINT_BYTES) {
            curve.add(new RecallCurve.Point(
                    points.get(FrozenFormat.INT, at),
                    points.get(FrozenFormat.INT, at + 4),
                    points.get(FrozenFormat.DOUBLE, at + 8)));
        }
        return new RecallCurve(curve);
    }

    private <T> T choice(String what, T[] values, int ordinal) {
        if (ordinal < 0 || ordinal >= values.length) {
            throw corrupt("header", "there is no " + what + " " + ordinal);
        }
        return values[ordinal];
    }
}
