package io.vectordb.gateway.api;

import java.util.Arrays;

/**
 * Where in a request a walk stands: names and indices as they appear in its JSON. Mutable and for one thread; pushing and
 * popping cost nothing but a store, the text is made only when something is wrong.
 */
public final class MemberPath {

    private Object[] parts = new Object[16];
    private int size;

    /** Goes into a member or to an index. */
    public void push(Object part) {
        if (size == parts.length) {
            parts = Arrays.copyOf(parts, 2 * size);
        }
        parts[size++] = part;
    }

    /** Goes back to the parent. */
    public void pop() {
        parts[--size] = "";
    }

    /** How deep the walk stands. */
    public int size() {
        return size;
    }

    /** The parts joined by dots: {@code records.0.text_vec}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                text.append('.');
            }
            text.append(parts[i]);
        }
        return text.toString();
    }
}
