package io.vectordb.vectorindex;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Records of one size in off-heap memory, in chunks that never move, or in one piece of a mapped file.
 *
 * <p>Chunks are small, so that an index of a few vectors is, until there are as many as fill a large page; from then on
 * they come from blocks of large pages ({@link LargeBlocks}).
 *
 * <p>Threading: {@link #ensure} is for one thread at a time; a record may be read by any thread to which its number was
 * published after that.
 */
final class Region {

    private static final long LINE_BYTES = 64;
    private static final long CHUNK_BYTES = 64 << 10;
    private static final int ONE_CHUNK_SHIFT = Integer.SIZE - 1;

    private final Arena arena;
    private final MemoryBudget budget;
    private final int recordBytes;
    private final int slackBytes;
    private final byte fill;
    private final int shift;
    private final int mask;
    /** Keeps a mapped file reachable as long as its addresses may be used. */
    private final MemorySegment mapped;

    private volatile long[] chunks = {};

    private volatile long memoryBytes;

    /**
     * @param slackBytes readable bytes behind the last record
     * @param fill what every byte of a new record is
     */
    Region(Arena arena, MemoryBudget budget, int recordBytes, int slackBytes, byte fill) {
        this.arena = arena;
        this.budget = budget;
        this.recordBytes = recordBytes;
        this.slackBytes = slackBytes;
        this.fill = fill;
        long perChunk = Math.max(1, CHUNK_BYTES / recordBytes);
        shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(perChunk);
        mask = (1 << shift) - 1;
        mapped = MemorySegment.NULL;
    }

    /** Records that lie in one piece. */
    Region(MemorySegment mapped, int recordBytes) {
        this.arena = Arena.global();
        this.budget = MemoryBudget.unlimited();
        this.recordBytes = recordBytes;
        this.slackBytes = 0;
        this.fill = 0;
        shift = ONE_CHUNK_SHIFT;
        mask = Integer.MAX_VALUE;
        this.mapped = mapped;
        chunks = new long[] {mapped.address()};
    }

    int recordBytes() {
        return recordBytes;
    }

    /** The address of a record for which there is room. */
    long address(int record) {
        return chunks[record >>> shift] + (long) (record & mask) * recordBytes;
    }

    /**
     * Makes room for the records {@code 0..count - 1}.
     *
     * @throws io.vectordb.common.VectorDbException {@code MEMORY_LIMIT}, and nothing has changed then
     */
    void ensure(int count) {
        long[] table = chunks;
        int needed = (int) (((long) count + mask) >>> shift);
        if (needed <= table.length) {
            return;
        }
        int group = (int) Math.max(1, LargeBlocks.PAGE_BYTES / chunkBytes());
        boolean large = group > 1 && table.length >= group;
        int added = large ? (needed - table.length + group - 1) / group * group : needed - table.length;
        long bytes = large ? added / group * LargeBlocks.PAGE_BYTES : added * chunkBytes();
        budget.reserve(bytes);
        long[] grown = Arrays.copyOf(table, table.length + added);
        try {
            allocate(grown, table.length, large ? group : 1);
        } catch (OutOfMemoryError e) {
            budget.release(bytes);
            throw new VectorDbException(
                    ErrorCode.MEMORY_LIMIT, "the system has no more memory for vectors and graphs", e);
        }
        for (int i = table.length; i < grown.length && fill != 0; i++) {
            OffHeap.fill(grown[i], chunkBytes(), fill);
        }
        memoryBytes += bytes;
        chunks = grown;
    }

    /** Allocates the chunks from one on, either one by one or in large blocks of so many. */
    private void allocate(long[] table, int from, int group) {
        for (int i = from; i < table.length; i += group) {
            if (group == 1) {
                table[i] = arena.allocate(chunkBytes(), LINE_BYTES).address();
                continue;
            }
            long block = LargeBlocks.allocate(arena, LargeBlocks.PAGE_BYTES).address();
            for (int j = 0; j < group; j++) {
                table[i + j] = block + j * chunkBytes();
            }
        }
    }

    /** Writes the addresses of some records. */
    void addresses(long records, int count, long out) {
        long[] table = chunks;
        for (int i = 0; i < count; i++) {
            int record = OffHeap.getInt(records + (long) i * Integer.BYTES);
            long address = table[record >>> shift] + (long) (record & mask) * recordBytes;
            OffHeap.putLong(out + (long) i * Long.BYTES, address);
        }
    }

    private long chunkBytes() {
        long bytes = ((long) recordBytes << shift) + slackBytes;
        return (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
    }

    /** What is allocated, room for records to come included; 0 for a mapped file. */
    long memoryBytes() {
        return memoryBytes;
    }

    /** Gives back to the budget what was taken from it; the arena frees the memory. */
    void release() {
        budget.release(memoryBytes());
    }
}
