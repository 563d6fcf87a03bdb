package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import java.util.List;
import java.util.Map;

/**
 * A filter text and where in the request it stands.
 *
 * @param path such as {@code filter} or {@code filter_tree.all.conditions.0.expression}
 */
record Source(String path, String text) {

    String piece(Span span) {
        return text.substring(span.start(), span.end());
    }

    /** A fault at a place of the text: {@code filter, column 7: expected a value, found =}. */
    VectorDbException fault(ErrorCode code, String message, Span span, String hint) {
        Position position =
                Position.of(text, text.codePointCount(0, span.start()), text.codePointCount(span.start(), span.end()));
        String line = position.line() == 1 ? "" : ", line " + position.line();
        String where = path + line + ", column " + position.column() + ": ";
        Violation violation = new Violation(path, code, message, position, hint);
        return new VectorDbException(code, where + message, Map.of(), List.of(violation), null);
    }
}
