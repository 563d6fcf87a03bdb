package io.vectordb.query;

import org.jspecify.annotations.Nullable;

/**
 * Where the parts of one leaf condition stand.
 *
 * @param marks in its text; null in a structured filter
 * @param path of the leaf in the structured filter, such as {@code filter_tree.all.conditions.0.compare}
 */
record Leaf(@Nullable Marks marks, String path) {

    Place whole() {
        return marks == null ? Place.at(path) : Place.in(marks.source(), marks.whole());
    }

    Place field(String member) {
        return marks == null ? Place.at(path + "." + member) : Place.in(marks.source(), marks.field());
    }

    Place other() {
        return marks == null ? Place.at(path + ".other_field") : Place.in(marks.source(), marks.other());
    }

    /** The value of this index, which the structured filter calls {@code member}. */
    Place value(int index, String member) {
        return marks == null
                ? Place.at(path + "." + member)
                : Place.in(marks.source(), marks.values().get(index));
    }

    boolean isBare() {
        return marks != null && marks.bare();
    }
}
