package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * A binary heap of longs, least first, over one array that is reused and grows as needed.
 *
 * <p>A heap that gives the greatest first holds the complements ({@code ~value}).
 */
final class LongHeap {

    private long[] heap = new long[256];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long top() {
        return heap[0];
    }

    void push(long value) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent] <= value) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = value;
    }

    long pop() {
        long top = heap[0];
        long last = heap[--size];
        if (size > 0) {
            sink(last);
        }
        return top;
    }

    /** Like {@code pop} and then {@code push}, at the cost of one. */
    void replaceTop(long value) {
        sink(value);
    }

    /** Copies the values to {@code out} in the order of the heap, which is none. */
    void copyTo(long[] out) {
        System.arraycopy(heap, 0, out, 0, size);
    }

    private void sink(long value) {
        int at = 0;
        int firstLeaf = size >>> 1;
        while (at < firstLeaf) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (value <= heap[child]) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = value;
    }
}
