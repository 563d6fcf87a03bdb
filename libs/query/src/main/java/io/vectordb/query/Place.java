package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Where a part of a condition stands: in a text, or in a structured filter.
 *
 * @param path in the request
 * @param source the text; null in a structured filter
 * @param span in the text, and meaningless without one
 */
record Place(String path, @Nullable Source source, Span span) {

    private static final Span NOWHERE = new Span(0, 0);

    static Place in(Source source, Span span) {
        return new Place(source.path(), source, span);
    }

    static Place at(String path) {
        return new Place(path, null, NOWHERE);
    }

    VectorDbException fault(ErrorCode code, String message, String hint) {
        return source == null
                ? VectorDbException.of(new Violation(path, code, message, hint))
                : source.fault(code, message, span, hint);
    }
}
