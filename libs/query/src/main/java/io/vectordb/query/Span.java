package io.vectordb.query;

/** A piece of a text, in UTF-16 units: from {@code start} to before {@code end}. */
record Span(int start, int end) {

    Span to(Span other) {
        return new Span(start, other.end);
    }
}
