package io.vectordb.segment;

import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.MemoryBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The searchable state of a shard: segments whose ranges of the change feed follow each other from 0 without a hole, the
 * last of which takes writes.
 *
 * <p>An entry of the feed ends the row of its key in whichever segment that is, so a record is found once, as of its
 * newest version. A segment of files takes the place of those whose range it covers, once it knows of every row that ended
 * meanwhile.
 *
 * <p>Threads: one writer loads, applies, seals, replaces and publishes; any number search {@link #view()}. A view shows
 * the shard exactly as of its watermark, whatever comes after. {@link #write} may run on another thread beside the writer.
 */
public final class ShardIndex implements AutoCloseable {

    private final MemoryBudget budget;
    private List<VectorFieldSpec> fields;
    /** The oldest first. */
    private final List<Part> parts = new ArrayList<>();

    private GrowingSegment growing;
    private volatile SegmentView view;
    private volatile List<Sealed> sealed = List.of();

    /** A segment that takes no writes any more, and where its range ends. */
    private record Part(SegmentPart segment, long toSeq) {}

    /**
     * What a sealed range holds, for the choice of what to build.
     *
     * @param inMemory whether it is not in files yet
     * @param rows alive and dead
     */
    public record Sealed(long fromSeq, long toSeq, boolean inMemory, int rows, int live) {}

    /** @param budget what the memory of vectors and graphs is taken from */
    public ShardIndex(List<VectorFieldSpec> fields, MemoryBudget budget) {
        this(fields, budget, List.of());
    }

    /**
     * Begins with segments of files; what follows the last of them is to be applied.
     *
     * @param segments whose ranges follow each other from 0, the oldest first; not used elsewhere
     */
    public ShardIndex(List<VectorFieldSpec> fields, MemoryBudget budget, List<SealedSegment> segments) {
        this.fields = List.copyOf(fields);
        this.budget = budget;
        long from = 0;
        for (SealedSegment segment : segments) {
            if (segment.fromSeq() != from) {
                throw new IllegalArgumentException(
                        "expected a segment from " + from + ", received one from " + segment.fromSeq());
            }
            endOlder(segment);
            parts.add(new Part(segment, segment.toSeq()));
            from = segment.toSeq();
        }
        growing = new GrowingSegment(from, this.fields, budget);
        view = new SegmentView(List.of(), this.fields, 0);
        publishSealed();
    }

    private void endOlder(SealedSegment newer) {
        for (Part part : parts.reversed()) {
            newer.endRowsOf((SealedSegment) part.segment());
        }
        newer.deletes((key, seq) -> endIn(parts, seq, key));
    }

    /** The least position of which a view is exact. */
    public long exactFromSeq() {
        return exactFromSeq(parts);
    }

    private static long exactFromSeq(List<Part> parts) {
        return parts.stream()
                .mapToLong(part -> part.segment() instanceof SealedSegment files ? files.exactFromSeq() : 0)
                .max()
                .orElse(0);
    }

    /** Where the changes begin that are to be applied to what this began with. */
    public long growingFromSeq() {
        return growing.fromSeq();
    }

    /** The vector fields that records may have from now on. Their vectors are indexed from here on. */
    public void setFields(List<VectorFieldSpec> next, long seq) {
        if (next.equals(fields)) {
            return;
        }
        fields = List.copyOf(next);
        if (seq > growing.fromSeq()) {
            seal(seq);
        } else {
            growing.close();
            growing = new GrowingSegment(seq, fields, budget);
        }
    }

    /**
     * Takes in one change. Seen after {@link #publish}.
     *
     * @param seq of the change; never lower than that of an earlier change of the same key
     * @param record the whole record with its vectors as float32_le, or null where it was deleted
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}; nothing must be applied any more then, while
     *     views stay good
     */
    public void apply(long seq, RecordKey key, @Nullable Fields record) {
        int here = growing.find(key, new byte[0]);
        if (here != SegmentPart.NONE && growing.death(here) == SegmentPart.ALIVE) {
            growing.end(here, seq);
        } else if (!parts.isEmpty()) {
            endIn(parts, seq, key);
        }
        if (record == null) {
            growing.delete(seq, key);
        } else {
            growing.add(seq, key, record);
        }
    }

    private static void endIn(List<Part> parts, long seq, RecordKey key) {
        byte[] keyBytes = RecordKeys.encode(key);
        for (Part part : parts.reversed()) {
            int ordinal = part.segment().find(key, keyBytes);
            if (ordinal != SegmentPart.NONE
                    && part.segment().death(ordinal) == SegmentPart.ALIVE
                    && part.segment().birth(ordinal) < seq) {
                part.segment().end(ordinal, seq);
                return;
            }
        }
    }

    /** Ends the growing segment at a position up to which everything was applied, and nothing beyond; begins another. */
    public void seal(long seq) {
        if (seq <= growing.fromSeq()) {
            return;
        }
        parts.add(new Part(growing, seq));
        growing = new GrowingSegment(seq, fields, budget);
        publishSealed();
    }

    /**
     * Puts a segment of files in the place of those that cover its range.
     *
     * <p>Rows of it that ended meanwhile are known by those that they were made of. So none of these may lack a row that
     * it has: a segment is never replaced by one that is exact from an earlier version on.
     *
     * @param applied up to which everything was applied, at least {@link SealedSegment#exactFromSeq()}
     * @return whether there are such segments; where not, nothing has changed
     */
    public boolean replace(SealedSegment segment, long applied) {
        if (applied < segment.exactFromSeq()) {
            throw new IllegalArgumentException(
                    "at " + applied + ", the segment is exact from " + segment.exactFromSeq() + " on");
        }
        int first = indexOfFrom(segment.fromSeq());
        int last = indexOfTo(segment.toSeq());
        if (first < 0 || last < first) {
            return false;
        }
        List<Part> covered = parts.subList(first, last + 1);
        List<Part> replaced = List.copyOf(covered);
        if (exactFromSeq(replaced) > segment.exactFromSeq()) {
            return false;
        }
        replaced.forEach(part -> takeOverDeaths(part.segment(), segment));
        covered.clear();
        parts.add(first, new Part(segment, segment.toSeq()));
        replaced.forEach(part -> {
            if (part.segment() instanceof GrowingSegment memory) {
                memory.close();
            }
        });
        publishSealed();
        return true;
    }

    private int indexOfFrom(long seq) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).segment().fromSeq() == seq) {
                return i;
            }
        }
        return -1;
    }

    private int indexOfTo(long seq) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).toSeq() == seq) {
                return i;
            }
        }
        return -1;
    }

    private static void takeOverDeaths(SegmentPart from, SealedSegment to) {
        for (int ordinal = 0; ordinal < from.ordinals(); ordinal++) {
            long death = from.death(ordinal);
            if (death == SegmentPart.ALIVE || death <= to.exactFromSeq()) {
                continue;
            }
            int target = to.find(from.key(ordinal), from.keyBytes(ordinal));
            if (target != SegmentPart.NONE && to.birth(target) == from.birth(ordinal)) {
                to.end(target, death);
            }
        }
    }

    /** Shows everything applied so far, as the state of the shard at {@code watermark}. */
    public void publish(long watermark) {
        List<PartView> views = new ArrayList<>(parts.size() + 1);
        for (Part part : parts) {
            views.add(PartView.of(part.segment()));
        }
        views.add(PartView.of(growing));
        view = new SegmentView(views, fields, watermark);
        publishSealed();
    }

    private void publishSealed() {
        sealed = parts.stream()
                .map(part -> new Sealed(
                        part.segment().fromSeq(),
                        part.toSeq(),
                        part.segment() instanceof GrowingSegment,
                        part.segment().ordinals(),
                        part.segment().live()))
                .toList();
    }

    /** The newest published state. Any thread. */
    public SegmentView view() {
        return view;
    }

    /** What is sealed, the oldest first, as of the last change of it or publication. Any thread. */
    public List<Sealed> sealed() {
        return sealed;
    }

    /** Rows, alive and dead, and deletions that the growing segment holds. Writer only. */
    public int growingRows() {
        return growing.changes();
    }

    /** The size of all rows in memory, dead ones included, without vectors, as they would be stored. Writer only. */
    public long memoryRowBytes() {
        long bytes = growing.rowBytes();
        for (Part part : parts) {
            bytes += part.segment() instanceof GrowingSegment memory ? memory.rowBytes() : 0;
        }
        return bytes;
    }

    /** The part of it that is in the growing segment. Writer only. */
    public long growingRowBytes() {
        return growing.rowBytes();
    }

    /**
     * What is to be written as one segment of files, as of the newest view. Writer only; {@link Build#write} may run on any
     * thread.
     *
     * @return nothing when no sealed segments cover exactly this range
     */
    public @Nullable Build build(long fromSeq, long toSeq) {
        int first = indexOfFrom(fromSeq);
        int last = indexOfTo(toSeq);
        if (first < 0 || last < first || view.watermark() < toSeq) {
            return null;
        }
        List<SegmentPart> sources = new ArrayList<>();
        parts.subList(first, last + 1).forEach(part -> sources.add(part.segment()));
        return new Build(sources, toSeq, Math.max(view.watermark(), exactFromSeq()), fields);
    }

    /** A segment of files to be written. */
    public static final class Build {

        private final List<SegmentPart> sources;
        private final long toSeq;
        private final long exactFromSeq;
        private final List<VectorFieldSpec> fields;

        private Build(List<SegmentPart> sources, long toSeq, long exactFromSeq, List<VectorFieldSpec> fields) {
            this.sources = sources;
            this.toSeq = toSeq;
            this.exactFromSeq = exactFromSeq;
            this.fields = fields;
        }

        public long fromSeq() {
            return sources.getFirst().fromSeq();
        }

        public long toSeq() {
            return toSeq;
        }

        public long exactFromSeq() {
            return exactFromSeq;
        }

        /**
         * Writes the files into an empty folder. Takes memory for vectors, codes and links of the whole segment at most.
         *
         * @param cancelled asked now and then whether to give up
         * @throws io.vectordb.common.VectorDbException {@code CANCELLED}
         */
        public void write(Path folder, BooleanSupplier cancelled) throws IOException {
            new SealedSegmentWriter(sources, exactFromSeq, folder, cancelled).write(toSeq, fields);
        }
    }

    /**
     * Gives the memory of vectors and graphs back to the budget, once nothing will be applied any more. Views stay good:
     * the memory is freed with the last of them.
     */
    @Override
    public void close() {
        growing.close();
        for (Part part : parts) {
            if (part.segment() instanceof GrowingSegment memory) {
                memory.close();
            }
        }
    }
}
