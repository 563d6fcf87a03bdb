package io.vectordb.vectorindex;

import java.util.Arrays;

/** A growing stack of ints. For one thread at a time. */
final class IntStack {

    private int[] values = {};
    private int size;

    int size() {
        return size;
    }

    int get(int index) {
        return values[index];
    }

    void push(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, 2 * size));
        }
        values[size++] = value;
    }

    /** Takes the last value; there must be one. */
    int pop() {
        return values[--size];
    }

    void pushAll(IntStack other) {
        if (size + other.size > values.length) {
            values = Arrays.copyOf(values, Math.max(size + other.size, 2 * size));
        }
        System.arraycopy(other.values, 0, values, size, other.size);
        size += other.size;
    }
}
