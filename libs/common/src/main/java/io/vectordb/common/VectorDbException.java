package io.vectordb.common;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A failure with a stable code. The message gives the values ({@code expected dimension 768, received 512}) and never a
 * secret; the metadata repeats them for programs.
 *
 * <p>Made without a stack trace where the fault is the caller's: such failures are frequent, and where they were found
 * says nothing.
 */
public final class VectorDbException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Map<String, String> metadata;
    private final transient List<Violation> violations;

    public VectorDbException(
            ErrorCode code,
            String message,
            Map<String, String> metadata,
            List<Violation> violations,
            @Nullable Throwable cause) {
        super(message, cause, false, isOurFault(code));
        this.code = code;
        this.metadata = Map.copyOf(metadata);
        this.violations = List.copyOf(violations);
    }

    public VectorDbException(ErrorCode code, String message) {
        this(code, message, Map.of(), List.of(), null);
    }

    public VectorDbException(ErrorCode code, String message, Map<String, String> metadata) {
        this(code, message, metadata, List.of(), null);
    }

    public VectorDbException(ErrorCode code, String message, Throwable cause) {
        this(code, message, Map.of(), List.of(), cause);
    }

    /** A failure of one violation, whose message becomes that of the failure, prefixed by its path. */
    public static VectorDbException of(Violation violation) {
        return of(List.of(violation));
    }

    /** A failure of several violations: the first gives code and message. */
    public static VectorDbException of(List<Violation> violations) {
        Violation first = violations.getFirst();
        String where = first.path().isEmpty() ? "" : first.path() + ": ";
        String more = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
        return new VectorDbException(first.code(), where + first.message() + more, Map.of(), violations, null);
    }

    public ErrorCode code() {
        return code;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public List<Violation> violations() {
        return violations;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    private static boolean isOurFault(ErrorCode code) {
        return switch (code.category()) {
            case INTERNAL, CORRUPT -> true;
            case USER, CONFLICT, UNAVAILABLE, EXHAUSTED -> false;
        };
    }
}
