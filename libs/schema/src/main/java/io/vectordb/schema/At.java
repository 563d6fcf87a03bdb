package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.Value;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A place inside a record, and where to tell what is wrong there. Its path is put together only when something is.
 *
 * <p>The methods that tell return null, so that a coercion can end with them: null is what it makes of a bad value.
 */
final class At {

    private final Problems problems;
    private final @Nullable At parent;
    private final Object segment;
    private final int depth;

    private At(Problems problems, @Nullable At parent, Object segment, int depth) {
        this.problems = problems;
        this.parent = parent;
        this.segment = segment;
        this.depth = depth;
    }

    /** The record as a whole. */
    static At root(Problems problems) {
        return new At(problems, null, "", 0);
    }

    At in(String name) {
        return new At(problems, this, name, depth + 1);
    }

    At in(int index) {
        return new At(problems, this, index, depth + 1);
    }

    /** How many names and indices lead here. */
    int depth() {
        return depth;
    }

    /** Tells that there is no field of this name among these. */
    @Nullable
    Value unknown(String where, String name, Collection<String> names) {
        String hint = problems.isFull() ? "" : NearNames.didYouMean(NearNames.of(name, names));
        return fail(ErrorCode.UNKNOWN_FIELD, where + " has no field " + Texts.shortened(name), hint);
    }

    @Nullable
    Value fail(ErrorCode code, String message) {
        return fail(code, message, "");
    }

    @Nullable
    Value fail(ErrorCode code, String message, String hint) {
        problems.add(path(), code, message, hint);
        return null;
    }

    /** Tells that a value is of another type. */
    @Nullable
    Value mismatch(FieldType expected, Value found) {
        return mismatch(expected, found, "");
    }

    @Nullable
    Value mismatch(FieldType expected, Value found, String hint) {
        return switch (found.getKindCase()) {
            case KIND_NOT_SET -> fail(ErrorCode.INVALID_VALUE, "there is no value; null is null_value");
            case BYTES_VALUE -> fail(ErrorCode.FEATURE_NOT_AVAILABLE, "bytes are not available yet");
            default ->
                fail(ErrorCode.TYPE_MISMATCH, "expected " + expected.word() + ", received " + Kinds.of(found), hint);
        };
    }

    private String path() {
        if (parent == null || parent.parent == null) {
            return segment.toString();
        }
        return parent.path() + "." + segment;
    }
}
