package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Applies patches to stored records.
 *
 * <p>Deterministic: the result, or the failure, depends on the arguments alone, to the order of the names; so it may
 * stand in a state machine.
 */
public final class Patches {

    private Patches() {}

    /**
     * The record after a patch. Objects on the way to a path that is set are made where they are missing or null;
     * arrays are replaced whole; unsetting what is not there changes nothing.
     *
     * @throws VectorDbException TYPE_MISMATCH where a path that is set leads through a value that is no object;
     *     RECORD_TOO_LARGE where the result is larger than a record may be
     */
    public static Fields apply(Fields current, List<PathValue> set, List<FieldPath> unset) {
        Fields fields = set(unset(current, unset, 0), set, 0);
        Problems problems = new Problems();
        RecordCoercion.checkSize(problems, fields.getSerializedSize());
        problems.throwIfAny();
        return fields;
    }

    /** Sets what follows the first {@code depth} names of the paths, which all lead to this object. */
    private static Fields set(Fields object, List<PathValue> changes, int depth) {
        Fields.Builder result = object.toBuilder();
        Map<String, List<PathValue>> inside = new LinkedHashMap<>();
        for (PathValue change : changes) {
            String name = change.getPath(depth);
            if (depth == change.getPathCount() - 1) {
                result.putValues(name, change.getValue());
            } else {
                inside.computeIfAbsent(name, first -> new ArrayList<>()).add(change);
            }
        }
        inside.forEach((name, deeper) -> {
            Value present = result.getValuesOrDefault(name, Value.getDefaultInstance());
            Fields changed = set(object(present, deeper.getFirst(), depth), deeper, depth + 1);
            result.putValues(name, Value.newBuilder().setObjectValue(changed).build());
        });
        return result.build();
    }

    private static Fields object(Value present, PathValue change, int depth) {
        return switch (present.getKindCase()) {
            case OBJECT_VALUE -> present.getObjectValue();
            case NULL_VALUE, KIND_NOT_SET -> Fields.getDefaultInstance();
            default ->
                throw VectorDbException.of(new Violation(
                        String.join(".", change.getPathList()),
                        ErrorCode.TYPE_MISMATCH,
                        String.join(".", change.getPathList().subList(0, depth + 1)) + " is " + Kinds.of(present)
                                + ", not an object"));
        };
    }

    private static Fields unset(Fields object, List<FieldPath> paths, int depth) {
        Fields.Builder result = object.toBuilder();
        Map<String, List<FieldPath>> inside = new LinkedHashMap<>();
        for (FieldPath path : paths) {
            String name = path.getNames(depth);
            if (depth == path.getNamesCount() - 1) {
                result.removeValues(name);
            } else {
                inside.computeIfAbsent(name, first -> new ArrayList<>()).add(path);
            }
        }
        inside.forEach((name, deeper) -> {
            Value present = result.getValuesOrDefault(name, Value.getDefaultInstance());
            if (present.hasObjectValue()) {
                Fields left = unset(present.getObjectValue(), deeper, depth + 1);
                result.putValues(name, Value.newBuilder().setObjectValue(left).build());
            }
        });
        return result.build();
    }
}
