package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldPaths.Blocked;
import io.vectordb.schema.FieldPaths.Declared;
import io.vectordb.schema.FieldPaths.Undeclared;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Select;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a record an answer holds: a {@link Select}, checked and compiled.
 *
 * <p>Without names it is every field but vectors; a vector comes only when it is named. A path through an array takes
 * its part of each object there. Immutable: any number of threads may use it at once.
 */
public final class Selection {

    private static final String ALL = "*";

    private final boolean keysOnly;
    private final boolean all;
    private final PathTree include;
    private final PathTree exclude;
    private final boolean bytes;

    private Selection(Select select, boolean all, PathTree include, PathTree exclude) {
        this.keysOnly = select.getKeysOnly();
        this.all = all;
        this.include = include;
        this.exclude = exclude;
        this.bytes = select.getVectorEncoding() == Select.VectorEncoding.FLOAT32_LE;
    }

    /**
     * Compiles a selection.
     *
     * @throws VectorDbException with every violation, at paths under {@code select}: UNKNOWN_FIELD where the schema is
     *     not dynamic, INVALID_VALUE for what is no path or makes no difference
     */
    public static Selection of(CollectionSchema schema, Select select) {
        Problems problems = new Problems();
        List<String> named = select.getIncludeList().stream()
                .filter(path -> !path.equals(ALL))
                .toList();
        boolean all = select.getIncludeCount() == 0 || named.size() < select.getIncludeCount();
        PathTree include = tree(problems, "select.include", schema, select.getIncludeList());
        PathTree exclude = tree(problems, "select.exclude", schema, select.getExcludeList());
        if (select.getExcludeList().contains(ALL)) {
            problems.add("select.exclude", ErrorCode.INVALID_VALUE, "without all fields", "keys_only gives keys alone");
        }
        if (select.getKeysOnly() && (select.getIncludeCount() > 0 || select.getExcludeCount() > 0)) {
            problems.add("select.keys_only", ErrorCode.INVALID_VALUE, "keys alone have no fields to choose from");
        }
        if (select.getVectorEncoding() == Select.VectorEncoding.UNRECOGNIZED) {
            problems.add("select.vector_encoding", ErrorCode.INVALID_VALUE, "expected floats or float32_le");
        }
        problems.throwIfAny();
        return new Selection(select, all, include, exclude);
    }

    /** Whether no field is selected, only what identifies the record. */
    public boolean keysOnly() {
        return keysOnly;
    }

    /** The selected part of a record, in the order of its fields. */
    public Fields apply(Fields record) {
        Fields.Builder selected = Fields.newBuilder();
        if (keysOnly) {
            return selected.build();
        }
        for (Map.Entry<String, Value> entry : record.getValuesMap().entrySet()) {
            Value value = selected(entry.getKey(), entry.getValue());
            if (value != null) {
                selected.putValues(entry.getKey(), value);
            }
        }
        return selected.build();
    }

    private @Nullable Value selected(String name, Value value) {
        PathTree named = include.child(name);
        boolean whole = named != null && named.whole() || all && !value.hasVectorValue();
        Value part = whole ? value : named == null ? null : part(value, named, true);
        PathTree without = exclude.child(name);
        if (part == null || without == null) {
            return part == null ? null : encoded(part);
        }
        return without.whole() ? null : part(part, without, false);
    }

    /** With {@code keep} what the paths lead to, else what they do not lead to. */
    private static @Nullable Value part(Value value, PathTree paths, boolean keep) {
        return switch (value.getKindCase()) {
            case OBJECT_VALUE -> {
                Fields part = part(value.getObjectValue(), paths, keep);
                boolean nothing = keep && part.getValuesCount() == 0;
                yield nothing ? null : Value.newBuilder().setObjectValue(part).build();
            }
            case LIST_VALUE -> list(value.getListValue(), paths, keep);
            default -> keep ? null : value;
        };
    }

    private static Fields part(Fields object, PathTree paths, boolean keep) {
        Fields.Builder part = Fields.newBuilder();
        object.getValuesMap().forEach((name, value) -> {
            PathTree path = paths.child(name);
            boolean ends = path != null && path.whole();
            Value kept = path == null || ends ? (ends == keep ? value : null) : part(value, path, keep);
            if (kept != null) {
                part.putValues(name, kept);
            }
        });
        return part.build();
    }

    /** Objects stay where they are, empty ones too, so that the lists of two selections match. */
    private static @Nullable Value list(ListValue list, PathTree paths, boolean keep) {
        ListValue.Builder items = ListValue.newBuilder();
        for (Value item : list.getItemsList()) {
            if (item.hasObjectValue()) {
                items.addItems(Value.newBuilder().setObjectValue(part(item.getObjectValue(), paths, keep)));
            } else if (!keep) {
                items.addItems(item);
            }
        }
        return keep && items.getItemsCount() == 0
                ? null
                : Value.newBuilder().setListValue(items).build();
    }

    private Value encoded(Value value) {
        return !value.hasVectorValue() || bytes
                ? value
                : Value.newBuilder()
                        .setVectorValue(VectorValues.asFloats(value.getVectorValue()))
                        .build();
    }

    private static PathTree tree(Problems problems, String path, CollectionSchema schema, List<String> written) {
        List<List<String>> paths = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            if (written.get(i).equals(ALL)) {
                continue;
            }
            String at = path + "." + i;
            try {
                List<String> names = FieldPaths.split(schema, written.get(i));
                check(problems, at, schema, names);
                paths.add(names);
            } catch (VectorDbException noPath) {
                problems.addAll(at, noPath);
            }
        }
        return PathTree.of(paths);
    }

    private static void check(Problems problems, String at, CollectionSchema schema, List<String> names) {
        if (schema.dynamic()) {
            return;
        }
        switch (FieldPaths.target(schema, names, true)) {
            case Declared ignored -> {}
            case Blocked(SchemaField by) -> problems.add(at, ErrorCode.UNKNOWN_FIELD, FieldPaths.blocked(by));
            case Undeclared(int known, boolean inJson) -> {
                if (!inJson) {
                    problems.add(
                            at,
                            ErrorCode.UNKNOWN_FIELD,
                            "there is no field " + Texts.shortened(String.join(".", names)),
                            known == 0 ? NearNames.didYouMean(schema.nearNames(names.getFirst())) : "");
                }
            }
        }
    }
}
