package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.schema.FieldPaths.Blocked;
import io.vectordb.schema.FieldPaths.Declared;
import io.vectordb.schema.FieldPaths.Undeclared;
import io.vectordb.v1.Patch;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns patches into their canonical form, as strictly as {@link RecordCoercion}. Whether the record as a whole is
 * then still complete is seen only where the patch meets it.
 */
public final class PatchCoercion {

    private final CollectionSchema schema;
    private final Problems problems = new Problems();
    private final At root = At.root(problems);
    private final ValueCoercion coercion;
    private final NewFields newFields;
    private final List<PathValue> set = new ArrayList<>();
    private final List<FieldPath> unset = new ArrayList<>();

    private PatchCoercion(CollectionSchema schema) {
        this.schema = schema;
        this.coercion = new ValueCoercion(schema.dynamic());
        this.newFields = new NewFields(schema);
    }

    /**
     * The patch in its canonical form.
     *
     * @throws VectorDbException with every violation at once, at the paths as they were written
     */
    public static CoercedPatch coerce(CollectionSchema schema, Patch patch) {
        return new PatchCoercion(schema).coerce(patch);
    }

    private CoercedPatch coerce(Patch patch) {
        RecordKey key = patch.getKey();
        try {
            key = RecordKeys.coerce(schema, key);
        } catch (VectorDbException badKey) {
            problems.addAll("", badKey);
        }
        if (patch.hasIncrement()) {
            problems.add("increment", ErrorCode.FEATURE_NOT_AVAILABLE, "increment is not available yet");
        } else if (patch.getSet().getValuesCount() == 0 && patch.getUnsetCount() == 0) {
            problems.add("", ErrorCode.INVALID_VALUE, "the patch neither sets nor unsets a field");
        }
        List<List<String>> paths = new ArrayList<>();
        patch.getSet()
                .getValuesMap()
                .forEach((path, value) -> names(path, paths).ifPresent(names -> set(names, value)));
        patch.getUnsetList().forEach(path -> names(path, paths).ifPresent(this::unset));
        checkOverlaps(paths);
        problems.throwIfAny();
        RecordCoercion.checkSize(
                problems, set.stream().mapToInt(PathValue::getSerializedSize).sum());
        problems.throwIfAny();
        return new CoercedPatch(key, set, unset, patch.getCreate(), newFields.all());
    }

    /** The names of a path, unless it is none or leads to the key. */
    private Optional<List<String>> names(String path, List<List<String>> seen) {
        List<String> names;
        try {
            names = FieldPaths.split(schema, path);
        } catch (VectorDbException noPath) {
            problems.addAll(path, noPath);
            return Optional.empty();
        }
        if (names.getFirst().equals(schema.keyField().name())) {
            problems.add(path, ErrorCode.INVALID_VALUE, "the key of a record does not change");
            return Optional.empty();
        }
        seen.add(names);
        return Optional.of(names);
    }

    private void set(List<String> names, Value value) {
        Value coerced = coerced(names, value);
        if (coerced != null) {
            set.add(PathValue.newBuilder().addAllPath(names).setValue(coerced).build());
        }
    }

    private @Nullable Value coerced(List<String> names, Value value) {
        At at = at(names);
        if (names.size() - 1 > FreeValues.NESTING) {
            return at.fail(ErrorCode.LIMIT_EXCEEDED, "expected at most " + FreeValues.NESTING + " levels of objects");
        }
        return switch (FieldPaths.target(schema, names, false)) {
            case Declared(SchemaField field) -> coercion.coerce(at, field, value);
            case Blocked(SchemaField by) -> at.fail(ErrorCode.TYPE_MISMATCH, FieldPaths.blocked(by));
            case Undeclared(int known, boolean inJson) -> {
                if (known == 0 && names.size() == 1) {
                    yield newFields.coerce(at, names.getFirst(), value);
                }
                boolean allowed = known == 0
                        ? newFields.declareObject(at, names.getFirst())
                        : inJson || isDynamic(at, names.get(known));
                yield allowed ? FreeValues.member(at, String.join(".", names), value) : null;
            }
        };
    }

    private void unset(List<String> names) {
        At at = at(names);
        boolean allowed = switch (FieldPaths.target(schema, names, false)) {
            case Declared(SchemaField field) -> isNullable(at, field);
            case Blocked(SchemaField by) -> at.fail(ErrorCode.TYPE_MISMATCH, FieldPaths.blocked(by)) != null;
            case Undeclared(int known, boolean inJson) -> inJson || isDynamic(at, names.get(known));
        };
        if (allowed) {
            unset.add(FieldPath.newBuilder().addAllNames(names).build());
        }
    }

    private static boolean isNullable(At at, SchemaField field) {
        if (field.notNull()) {
            at.fail(ErrorCode.CONSTRAINT_VIOLATION, "the field is not null, and cannot be unset");
        }
        return !field.notNull();
    }

    private boolean isDynamic(At at, String name) {
        if (!schema.dynamic()) {
            at.unknown("the collection", name, schema.names());
        }
        return schema.dynamic();
    }

    private At at(List<String> names) {
        At at = root;
        for (String name : names) {
            at = at.in(name);
        }
        return at;
    }

    /** In their order, a path is followed at once by one that it is the beginning of, if there is any. */
    private void checkOverlaps(List<List<String>> paths) {
        paths.sort(PatchCoercion::compare);
        for (int i = 1; i < paths.size(); i++) {
            List<String> one = paths.get(i - 1);
            List<String> other = paths.get(i);
            if (other.size() >= one.size() && other.subList(0, one.size()).equals(one)) {
                problems.add(
                        String.join(".", other),
                        ErrorCode.INVALID_VALUE,
                        one.equals(other)
                                ? "the patch names this field twice"
                                : "the patch names this and also " + String.join(".", one));
            }
        }
    }

    private static int compare(List<String> one, List<String> other) {
        int common = Math.min(one.size(), other.size());
        for (int i = 0; i < common; i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }
}
