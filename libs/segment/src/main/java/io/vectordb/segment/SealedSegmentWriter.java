package io.vectordb.segment;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Murmur2;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.SealedHeader;
import io.vectordb.internal.segments.v1.SealedVectors;
import io.vectordb.schema.RecordKeys;
import io.vectordb.segment.fields.FieldIndexWriter;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.FrozenMerge;
import io.vectordb.vectorindex.FrozenOptions;
import io.vectordb.vectorindex.FrozenVectorIndex;
import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.VectorEncoding;
import io.vectordb.vectorindex.VectorIndex;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Writes one sealed segment out of neighbouring segments, none of which takes writes any more; rows of them may be ended
 * meanwhile.
 *
 * <p>Rows that had ended by some version are left out, and get new ordinals for it. What the segments deleted stays known
 * unless the range begins at 0, where there is nothing older that it could have ended.
 */
final class SealedSegmentWriter {

    private static final int GONE = -1;
    private static final int CANCEL_MASK = 1023;

    private final List<? extends SegmentPart> sources;
    private final long exactFromSeq;
    private final Path folder;
    /** How large the segment may become is for the caller to know, who chose the range. */
    private final MemoryBudget budget = MemoryBudget.unlimited();

    private final BooleanSupplier cancelled;
    /** Per source and ordinal the new ordinal, or {@link #GONE}. */
    private final int[][] targets;

    private final int rows;

    /**
     * @param sources the oldest first
     * @param exactFromSeq rows that had ended by it are left out
     * @param folder an empty one, for the files
     * @param cancelled asked now and then whether to give up
     */
    SealedSegmentWriter(
            List<? extends SegmentPart> sources, long exactFromSeq, Path folder, BooleanSupplier cancelled) {
        this.sources = sources;
        this.exactFromSeq = exactFromSeq;
        this.folder = folder;
        this.cancelled = cancelled;
        targets = new int[sources.size()][];
        int next = 0;
        for (int i = 0; i < targets.length; i++) {
            SegmentPart source = sources.get(i);
            targets[i] = new int[source.ordinals()];
            for (int ordinal = 0; ordinal < targets[i].length; ordinal++) {
                targets[i][ordinal] = source.isAlive(ordinal, exactFromSeq) ? next++ : GONE;
            }
        }
        rows = next;
    }

    /**
     * Writes the files.
     *
     * @throws VectorDbException {@code CANCELLED}
     */
    void write(long toSeq, List<VectorFieldSpec> fields) throws IOException {
        SealedHeader.Builder header = SealedHeader.newBuilder()
                .setFormatVersion(SealedFormat.VERSION)
                .setFromSeq(sources.getFirst().fromSeq())
                .setToSeq(toSeq)
                .setExactFromSeq(exactFromSeq)
                .setRows(rows);
        writeRows();
        header.setDeletes(writeDeletes());
        for (VectorFieldSpec field : fields) {
            String file = SealedFormat.VECTORS + header.getVectorsCount();
            if (writeVectors(field, folder.resolve(file))) {
                header.addVectors(
                        SealedVectors.newBuilder().setField(field.name()).setFile(file));
            }
        }
        Files.write(folder.resolve(SealedFormat.HEADER), header.build().toByteArray());
    }

    private void writeRows() throws IOException {
        long[] offsets = new long[rows + 1];
        long[] births = new long[rows];
        long[] hashed = new long[rows];
        Path fieldFolder = Files.createDirectory(folder.resolve(SealedFormat.FIELDS));
        try (FileOutput out = new FileOutput(folder.resolve(SealedFormat.ROWS));
                FieldIndexWriter fieldIndex = new FieldIndexWriter(fieldFolder)) {
            for (int i = 0; i < targets.length; i++) {
                SegmentPart source = sources.get(i);
                for (int ordinal = 0; ordinal < targets[i].length; ordinal++) {
                    int target = targets[i][ordinal];
                    if (target == GONE) {
                        continue;
                    }
                    checkCancelled(target);
                    offsets[target] = out.position();
                    births[target] = source.birth(ordinal);
                    byte[] key = source.keyBytes(ordinal);
                    hashed[target] = (long) Murmur2.hash(key) << Integer.SIZE | target;
                    writeRow(out, source, ordinal, key);
                    fieldIndex.add(source.fields(ordinal));
                }
            }
            offsets[rows] = out.position();
            for (String file : fieldIndex.finish()) {
                Files.move(fieldFolder.resolve(file), folder.resolve(SealedFormat.FIELDS + file));
            }
        }
        deleteWithFiles(fieldFolder);
        Arrays.sort(hashed);
        writeKeys(offsets, births, hashed);
    }

    /** Lucene leaves a lock file. */
    private static void deleteWithFiles(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void writeRow(FileOutput out, SegmentPart source, int ordinal, byte[] key) throws IOException {
        switch (source) {
            case SealedSegment sealed -> out.write(sealed.row(ordinal));
            case GrowingSegment growing -> {
                out.writeInt(key.length);
                out.write(key);
                out.write(growing.fields(ordinal).toByteArray());
            }
        }
    }

    private void writeKeys(long[] offsets, long[] births, long[] hashed) throws IOException {
        try (FileOutput out = new FileOutput(folder.resolve(SealedFormat.KEYS))) {
            out.writeLong(SealedFormat.MAGIC);
            out.writeInt(SealedFormat.VERSION);
            out.writeInt(rows);
            for (long offset : offsets) {
                out.writeLong(offset);
            }
            for (long birth : births) {
                out.writeLong(birth);
            }
            for (long pair : hashed) {
                out.writeInt((int) (pair >> Integer.SIZE));
            }
            for (long pair : hashed) {
                out.writeInt((int) pair);
            }
        }
    }

    private int writeDeletes() throws IOException {
        Map<RecordKey, Long> deletes = new TreeMap<>(RecordKeys.ORDER);
        if (sources.getFirst().fromSeq() > 0) {
            sources.forEach(source -> source.deletes((key, seq) -> deletes.merge(key, seq, Math::max)));
        }
        DeleteList.write(folder.resolve(SealedFormat.DELETES), deletes);
        return deletes.size();
    }

    /** @return whether there are any */
    private boolean writeVectors(VectorFieldSpec field, Path file) throws IOException {
        List<Integer> having = new ArrayList<>();
        for (int i = 0; i < targets.length; i++) {
            if (sources.get(i).vectors(field).map(VectorIndex::size).orElse(0) > 0) {
                having.add(i);
            }
        }
        if (having.isEmpty()) {
            return false;
        }
        FrozenOptions options = new FrozenOptions(field.quantization(), VectorEncoding.FLOAT32);
        if (having.size() == 1
                && sources.get(having.getFirst()) instanceof GrowingSegment growing
                && keepsOrdinals(having.getFirst())) {
            FrozenVectorIndex.write(index(growing, field), options, file);
            return true;
        }
        List<FrozenVectorIndex> frozen = new ArrayList<>();
        try {
            List<FrozenMerge.Source> merged = new ArrayList<>();
            for (int i : having) {
                int[] target = targets[i];
                FrozenVectorIndex index = switch (sources.get(i)) {
                    case SealedSegment sealed -> sealed.frozen(field).orElseThrow();
                    case GrowingSegment growing -> {
                        FrozenVectorIndex made = freeze(growing, field, options, i);
                        frozen.add(made);
                        yield made;
                    }
                };
                merged.add(new FrozenMerge.Source(index, ordinal -> target[ordinal]));
            }
            FrozenMerge.merge(merged, field.parameters(), options, budget, file);
            return true;
        } finally {
            frozen.forEach(FrozenVectorIndex::close);
        }
    }

    private boolean keepsOrdinals(int source) {
        int[] target = targets[source];
        return target.length == 0 || target[0] == 0 && target[target.length - 1] == target.length - 1;
    }

    /** In a file of its own, which goes at once. */
    private FrozenVectorIndex freeze(GrowingSegment growing, VectorFieldSpec field, FrozenOptions options, int number)
            throws IOException {
        Path file = folder.resolve("frozen-" + number);
        FrozenVectorIndex.write(index(growing, field), options, file);
        try {
            return FrozenVectorIndex.open(file, FrozenVectorIndex.Residency.MAPPED, budget);
        } finally {
            Files.delete(file);
        }
    }

    private static GrowingVectorIndex index(GrowingSegment growing, VectorFieldSpec field) {
        return growing.growingVectors(field);
    }

    private void checkCancelled(int row) {
        if ((row & CANCEL_MASK) == 0 && cancelled.getAsBoolean()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the building of a segment was given up");
        }
    }
}
