package io.vectordb.segment;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Murmur2;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.SealedHeader;
import io.vectordb.internal.segments.v1.SealedVectors;
import io.vectordb.schema.RecordKeys;
import io.vectordb.segment.fields.FieldIndex;
import io.vectordb.segment.fields.OrdinalMatches;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.FrozenVectorIndex;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.OrdinalFilter;
import io.vectordb.vectorindex.OrdinalSet;
import io.vectordb.vectorindex.VectorIndex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;

/**
 * A segment in files that never change ({@link SealedFormat}); only which of its rows a later version ended is in memory.
 *
 * <p>The files are mapped as long as anybody can reach the segment, and given back when nobody can any more: a view needs
 * no closing. Who knows that nobody else uses it may close it sooner.
 */
public final class SealedSegment implements SegmentPart, AutoCloseable {

    /** To read a row and test its fields. */
    private static final double PREDICATE_NANOS = 1_500;

    private static final Cleaner CLEANER = Cleaner.create();

    private final SealedHeader header;
    private final MemorySegment rows;
    private final MemorySegment keys;
    private final Path deletesFile;
    private final FieldIndex fieldIndex;
    private final Map<String, Column> vectors;
    private final Deaths deaths;
    private final int count;
    private final Cleaner.Cleanable cleanable;

    /** @param nodes per row its node, or -1 where it has no vector */
    private record Column(FrozenVectorIndex index, int[] nodes) {}

    private SealedSegment(
            SealedHeader header,
            MemorySegment rows,
            MemorySegment keys,
            Path deletesFile,
            FieldIndex fieldIndex,
            Map<String, Column> vectors,
            Runnable release) {
        this.header = header;
        this.rows = rows;
        this.keys = keys;
        this.deletesFile = deletesFile;
        this.fieldIndex = fieldIndex;
        this.vectors = vectors;
        this.count = header.getRows();
        this.deaths = new Deaths(count);
        cleanable = CLEANER.register(this, () -> {
            vectors.values().forEach(column -> column.index().close());
            fieldIndex.close();
            release.run();
        });
    }

    /**
     * Opens the files of a segment and checks that they belong together.
     *
     * @param files by their names in the segment
     * @param budget what of the graphs is held in memory is taken from; what it does not allow stays mapped
     * @param release run once, on another thread, when the files are not needed any more; not when this fails
     * @throws IOException when a file cannot be read
     * @throws VectorDbException {@code SEGMENT_CORRUPT} when they are not those of a segment that this program reads
     */
    public static SealedSegment open(Map<String, Path> files, MemoryBudget budget, Runnable release)
            throws IOException {
        SealedHeader header = header(file(files, SealedFormat.HEADER));
        MemorySegment keys = map(file(files, SealedFormat.KEYS));
        MemorySegment rows = map(file(files, SealedFormat.ROWS));
        check(header, keys, rows);
        FieldIndex fieldIndex = FieldIndex.open(fieldFiles(files));
        Map<String, Column> vectors = new HashMap<>();
        try {
            if (fieldIndex.size() != header.getRows()) {
                throw corrupt("fields of " + fieldIndex.size() + " rows of " + header.getRows());
            }
            for (SealedVectors field : header.getVectorsList()) {
                FrozenVectorIndex index = open(file(files, field.getFile()), budget);
                vectors.put(field.getField(), new Column(index, new int[0]));
                vectors.put(field.getField(), new Column(index, nodes(index, header.getRows())));
            }
            return new SealedSegment(
                    header, rows, keys, file(files, SealedFormat.DELETES), fieldIndex, vectors, release);
        } catch (IOException | RuntimeException | Error e) {
            vectors.values().forEach(column -> column.index().close());
            fieldIndex.close();
            throw e;
        }
    }

    /** Whether a file of this name is checked as it is opened, down to its last byte. */
    public static boolean checksItself(String name) {
        return name.startsWith(SealedFormat.VECTORS);
    }

    private static FrozenVectorIndex open(Path file, MemoryBudget budget) throws IOException {
        try {
            return FrozenVectorIndex.open(file, FrozenVectorIndex.Residency.LOADED, budget);
        } catch (VectorDbException e) {
            if (e.code() != ErrorCode.MEMORY_LIMIT) {
                throw e;
            }
            return FrozenVectorIndex.open(file, FrozenVectorIndex.Residency.MAPPED, budget);
        }
    }

    private static int[] nodes(FrozenVectorIndex index, int rows) {
        int[] nodes = new int[rows];
        Arrays.fill(nodes, NONE);
        for (int node = 0; node < index.size(); node++) {
            int ordinal = index.ordinal(node);
            if (ordinal < 0 || ordinal >= rows) {
                throw corrupt("a vector of row " + ordinal + " of " + rows);
            }
            nodes[ordinal] = node;
        }
        return nodes;
    }

    private static Path file(Map<String, Path> files, String name) {
        Path file = files.get(name);
        if (file == null) {
            throw corrupt("there is no file " + name);
        }
        return file;
    }

    private static Map<String, Path> fieldFiles(Map<String, Path> files) {
        Map<String, Path> found = new HashMap<>();
        files.forEach((name, file) -> {
            if (name.startsWith(SealedFormat.FIELDS)) {
                found.put(name.substring(SealedFormat.FIELDS.length()), file);
            }
        });
        return found;
    }

    private static SealedHeader header(Path file) throws IOException {
        try {
            SealedHeader header = SealedHeader.parseFrom(Files.readAllBytes(file));
            if (header.getFormatVersion() != SealedFormat.VERSION) {
                throw corrupt("format " + header.getFormatVersion() + ", this program reads " + SealedFormat.VERSION);
            }
            return header;
        } catch (InvalidProtocolBufferException e) {
            throw corrupt("its header cannot be read");
        }
    }

    private static MemorySegment map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private static void check(SealedHeader header, MemorySegment keys, MemorySegment rows) {
        int count = header.getRows();
        if (keys.byteSize() != SealedFormat.keysBytes(count)
                || keys.get(SealedFormat.LONG, 0) != SealedFormat.MAGIC
                || keys.get(SealedFormat.INT, Long.BYTES) != SealedFormat.VERSION
                || keys.get(SealedFormat.INT, Long.BYTES + Integer.BYTES) != count
                || keys.get(SealedFormat.LONG, SealedFormat.offsetsAt() + (long) count * Long.BYTES)
                        != rows.byteSize()) {
            throw corrupt("keys and rows do not belong together");
        }
    }

    static VectorDbException corrupt(String what) {
        return new VectorDbException(ErrorCode.SEGMENT_CORRUPT, "a sealed segment is damaged: " + what);
    }

    @Override
    public long fromSeq() {
        return header.getFromSeq();
    }

    /** The last version of its range. */
    public long toSeq() {
        return header.getToSeq();
    }

    /** Good for views from this version on: rows that ended up to it may be missing. */
    public long exactFromSeq() {
        return header.getExactFromSeq();
    }

    /** Rows, alive and dead. Any thread. */
    public int rows() {
        return count;
    }

    @Override
    public int ordinals() {
        return count;
    }

    @Override
    public int live() {
        return count - deaths.count();
    }

    @Override
    public RecordKey key(int ordinal) {
        return RecordKeys.decode(keyBytes(ordinal));
    }

    @Override
    public byte[] keyBytes(int ordinal) {
        long at = offset(ordinal);
        return rows.asSlice(at + Integer.BYTES, rows.get(SealedFormat.INT, at)).toArray(ValueLayout.JAVA_BYTE);
    }

    /** The row as it is in the file: what another segment takes over. */
    MemorySegment row(int ordinal) {
        long at = offset(ordinal);
        return rows.asSlice(at, offset(ordinal + 1) - at);
    }

    private long offset(int ordinal) {
        return keys.get(SealedFormat.LONG, SealedFormat.offsetsAt() + (long) ordinal * Long.BYTES);
    }

    @Override
    public Fields fields(int ordinal) {
        long at = offset(ordinal);
        long begin = at + Integer.BYTES + rows.get(SealedFormat.INT, at);
        try {
            return Fields.parseFrom(
                    rows.asSlice(begin, offset(ordinal + 1) - begin).asByteBuffer());
        } catch (InvalidProtocolBufferException e) {
            throw corrupt("row " + ordinal + " cannot be read");
        }
    }

    @Override
    public long birth(int ordinal) {
        return keys.get(SealedFormat.LONG, SealedFormat.birthsAt(count) + (long) ordinal * Long.BYTES);
    }

    @Override
    public long death(int ordinal) {
        return deaths.get(ordinal);
    }

    @Override
    public OrdinalFilter passing(RowFilter filter, BooleanSupplier cancelled) {
        OrdinalMatches matches = fieldIndex.match(filter.condition(), cancelled);
        OrdinalSet ordinals = matches.ordinals();
        if (matches.exact()) {
            return ordinals;
        }
        OrdinalFilter passes =
                ordinal -> ordinals.test(ordinal) && filter.predicate().test(fields(ordinal));
        return passes.withEstimates(OrdinalFilter.UNKNOWN_SHARE, ordinals.passingShare() * PREDICATE_NANOS);
    }

    @Override
    public Optional<? extends VectorIndex> vectors(VectorFieldSpec field) {
        return column(field).map(Column::index);
    }

    /** A field that was dropped and made anew with another dimension or metric has no vectors here. */
    private Optional<Column> column(VectorFieldSpec field) {
        return Optional.ofNullable(vectors.get(field.name()))
                .filter(column -> column.index().dimension() == field.dimension()
                        && column.index().metric() == field.metric());
    }

    /** The vectors of a field, for the segment that this one becomes part of. */
    Optional<FrozenVectorIndex> frozen(VectorFieldSpec field) {
        return column(field).map(Column::index);
    }

    @Override
    public Optional<float[]> vector(VectorFieldSpec field, int ordinal) {
        Column column = column(field).orElse(null);
        if (column == null || column.nodes()[ordinal] == NONE) {
            return Optional.empty();
        }
        float[] vector = new float[field.dimension()];
        column.index().vector(column.nodes()[ordinal], vector);
        return Optional.of(vector);
    }

    @Override
    public int find(RecordKey key, byte[] keyBytes) {
        int hash = Murmur2.hash(keyBytes);
        for (int at = firstAtLeast(hash); at < count && hash(at) == hash; at++) {
            int ordinal = ordinal(at);
            if (isKey(ordinal, keyBytes)) {
                return ordinal;
            }
        }
        return NONE;
    }

    private int firstAtLeast(int hash) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (hash(middle) < hash) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int hash(int at) {
        return keys.get(SealedFormat.INT, SealedFormat.hashesAt(count) + (long) at * Integer.BYTES);
    }

    private int ordinal(int at) {
        return keys.get(SealedFormat.INT, SealedFormat.ordinalsAt(count) + (long) at * Integer.BYTES);
    }

    private boolean isKey(int ordinal, byte[] keyBytes) {
        long at = offset(ordinal);
        return rows.get(SealedFormat.INT, at) == keyBytes.length
                && rows.asSlice(at + Integer.BYTES, keyBytes.length).mismatch(MemorySegment.ofArray(keyBytes)) == -1;
    }

    @Override
    public void end(int ordinal, long seq) {
        deaths.set(ordinal, seq);
    }

    /** Nothing of it may be used any more. */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** Ends the rows of an older segment whose keys have a row here. Writer only; reads both tables once. */
    void endRowsOf(SealedSegment older) {
        int at = 0;
        for (int own = 0; own < count; own++) {
            int hash = hash(own);
            while (at < older.count && older.hash(at) < hash) {
                at++;
            }
            for (int candidate = at; candidate < older.count && older.hash(candidate) == hash; candidate++) {
                int ordinal = older.ordinal(candidate);
                if (older.death(ordinal) == ALIVE && older.isKey(ordinal, keyBytes(ordinal(own)))) {
                    older.end(ordinal, birth(ordinal(own)));
                }
            }
        }
    }

    @Override
    public void deletes(ObjLongConsumer<RecordKey> each) {
        DeleteList.read(deletesFile, each);
    }

    @Override
    public long vectorMemoryBytes() {
        return vectors.values().stream()
                .mapToLong(column -> column.index().memoryBytes() + (long) count * Integer.BYTES)
                .sum();
    }

    @Override
    public long mappedBytes() {
        return rows.byteSize()
                + keys.byteSize()
                + vectors.values().stream()
                        .mapToLong(column -> column.index().mappedBytes())
                        .sum();
    }
}
