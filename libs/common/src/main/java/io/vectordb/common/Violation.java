package io.vectordb.common;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a request.
 *
 * @param path where, as field names and indices joined by dots ({@code records.0.text_vec}); empty for the whole
 * @param code what kind of fault
 * @param message what was expected and what was found
 * @param position where in the text at {@code path}, when that is a text with a grammar
 * @param hint what was probably meant; empty when nothing comes to mind
 */
public record Violation(
        String path,
        ErrorCode code,
        String message,
        @Nullable Position position,
        String hint) {

    public Violation(String path, ErrorCode code, String message) {
        this(path, code, message, null, "");
    }

    public Violation(String path, ErrorCode code, String message, String hint) {
        this(path, code, message, null, hint);
    }

    /** The same fault seen from further out: {@code prefix} is put before the path. */
    public Violation under(String prefix) {
        return new Violation(path.isEmpty() ? prefix : prefix + "." + path, code, message, position, hint);
    }
}
