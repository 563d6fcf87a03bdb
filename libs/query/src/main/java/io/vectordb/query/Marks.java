package io.vectordb.query;

import java.util.List;

/**
 * Where the parts of one leaf condition stand in its text.
 *
 * @param whole the condition
 * @param field its field, on whichever side it stands
 * @param other the other field of a comparison of two; else the same as {@code whole}
 * @param values its values, in the order of the tree
 * @param bare whether the condition is the field's name alone
 */
record Marks(Source source, Span whole, Span field, Span other, List<Span> values, boolean bare) {

    Marks {
        values = List.copyOf(values);
    }

    static Marks of(Source source, Span whole, Span field, List<Span> values) {
        return new Marks(source, whole, field, whole, values, false);
    }
}
