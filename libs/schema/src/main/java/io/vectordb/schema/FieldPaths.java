package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.schema.FieldType.ObjectType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Paths into records, such as {@code address.city}. A declared field whose name holds a dot wins as a whole. */
final class FieldPaths {

    /** What a path leads to. */
    sealed interface Target {}

    /** A declared field. */
    record Declared(SchemaField field) implements Target {}

    /**
     * Something that nobody declared.
     *
     * @param known how many of the path's names are declared
     * @param inJson whether it lies inside json, where anything may stand
     */
    record Undeclared(int known, boolean inJson) implements Target {}

    /** Nothing, since the declared field on the way holds no names. */
    record Blocked(SchemaField by) implements Target {}

    private FieldPaths() {}

    /**
     * The names of a path.
     *
     * @throws VectorDbException INVALID_VALUE where a name is empty
     */
    static List<String> split(CollectionSchema schema, String path) {
        List<String> names = new ArrayList<>();
        List<SchemaField> declared = schema.fields();
        String rest = path;
        while (true) {
            Optional<SchemaField> field = longestPrefix(declared, rest);
            int dot = rest.indexOf('.');
            int end = field.map(known -> known.name().length()).orElse(dot < 0 ? rest.length() : dot);
            names.add(rest.substring(0, end));
            if (end == 0) {
                String message = "the path " + Texts.quoted(path) + " holds an empty name";
                throw VectorDbException.of(new Violation("", ErrorCode.INVALID_VALUE, message));
            }
            if (end == rest.length()) {
                return List.copyOf(names);
            }
            declared = field.map(SchemaField::fields).orElse(List.of());
            rest = rest.substring(end + 1);
        }
    }

    /** What {@code names} lead to; with {@code throughArrays} also inside the objects of an array. */
    static Target target(CollectionSchema schema, List<String> names, boolean throughArrays) {
        Optional<SchemaField> found = schema.field(names.getFirst());
        for (int i = 1; i < names.size() && found.isPresent(); i++) {
            SchemaField field = found.get();
            FieldType type = throughArrays ? field.type().single() : field.type();
            if (type instanceof Json) {
                return new Undeclared(i, true);
            }
            if (!(type instanceof ObjectType)) {
                return new Blocked(field);
            }
            found = field.field(names.get(i));
            if (found.isEmpty()) {
                return new Undeclared(i, false);
            }
        }
        return found.<Target>map(Declared::new).orElseGet(() -> new Undeclared(0, false));
    }

    /** Why a path ends at a field. */
    static String blocked(SchemaField by) {
        return by.type() instanceof ArrayType
                ? by.name() + " is " + by.type().word() + ", and an array is replaced whole"
                : by.name() + " is " + by.type().word() + ", which has nothing inside";
    }

    private static Optional<SchemaField> longestPrefix(List<SchemaField> declared, String path) {
        SchemaField longest = null;
        for (SchemaField field : declared) {
            String name = field.name();
            boolean prefix =
                    path.startsWith(name) && (path.length() == name.length() || path.charAt(name.length()) == '.');
            if (prefix && (longest == null || name.length() > longest.name().length())) {
                longest = field;
            }
        }
        return Optional.ofNullable(longest);
    }
}
