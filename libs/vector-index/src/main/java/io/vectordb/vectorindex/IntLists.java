package io.vectordb.vectorindex;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A growing sequence of lists of non-negative ints, each of up to {@code width}, in chunks that never move, for one
 * writer and many readers. A list shorter than {@code width} ends at the first {@link #END}.
 *
 * <p>Threading: the table of chunks is replaced when it grows, and volatile. A list may be rewritten while it is read:
 * every slot is one int, which the memory model never tears, so a reader finds in each slot a value that the writer put
 * there at some time, and ends at the latest after {@code width} of them. It may so see a mix of an older and a newer
 * list; what a value means it must be able to check by itself.
 */
final class IntLists {

    static final int END = -1;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    private final int width;
    private final int shift;
    private volatile int[][] chunks = {};

    /**
     * Makes no list yet.
     *
     * @param width the longest a list can be
     * @param shift the binary logarithm of the lists of a chunk
     */
    IntLists(int width, int shift) {
        this.width = width;
        this.shift = shift;
    }

    int width() {
        return width;
    }

    /** Makes room for the lists {@code 0..count - 1}, new ones being empty; writer only. */
    void ensure(int count) {
        int[][] table = chunks;
        int needed = (count + (1 << shift) - 1) >>> shift;
        if (needed > table.length) {
            int[][] grown = Arrays.copyOf(table, needed);
            for (int i = table.length; i < needed; i++) {
                grown[i] = new int[width << shift];
                Arrays.fill(grown[i], END);
            }
            chunks = grown;
        }
    }

    /** The array that holds this list, from {@link #offset} on. */
    int[] chunk(int list) {
        return chunks[list >>> shift];
    }

    int offset(int list) {
        return (list & ((1 << shift) - 1)) * width;
    }

    /** The length of a list; exact on the writer's thread. */
    int length(int list) {
        int[] chunk = chunk(list);
        int offset = offset(list);
        int length = 0;
        while (length < width && chunk[offset + length] != END) {
            length++;
        }
        return length;
    }

    /** Replaces a list; writer only. */
    void set(int list, int[] values, int count) {
        int[] chunk = chunk(list);
        int offset = offset(list);
        System.arraycopy(values, 0, chunk, offset, count);
        Arrays.fill(chunk, offset + count, offset + width, END);
    }

    /** Appends a value to a list of this length, which must be below the width; writer only. */
    void append(int list, int length, int value) {
        chunk(list)[offset(list) + length] = value;
    }

    /** The first value of a list, or {@link #END}; what was written before {@link #setFirst} is visible then. */
    int first(int list) {
        return (int) SLOT.getAcquire(chunk(list), offset(list));
    }

    /** Replaces the first value of a list; writer only. */
    void setFirst(int list, int value) {
        SLOT.setRelease(chunk(list), offset(list), value);
    }

    long memoryBytes() {
        return (long) chunks.length * ((long) Integer.BYTES * width << shift);
    }
}
