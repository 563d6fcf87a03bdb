package io.vectordb.query;

import io.vectordb.schema.FieldType;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Json;
import org.jspecify.annotations.Nullable;

/**
 * A field that a condition names.
 *
 * @param ref spelt as the schema spells it
 * @param type of what the path gives; null where only the records tell
 */
record ResolvedField(FieldRef ref, @Nullable FieldType type) {

    String text() {
        return ref.text();
    }

    /** Whether its values may be of any type. */
    boolean isDynamic() {
        return type == null || type instanceof Json;
    }

    boolean isArray() {
        return type instanceof ArrayType;
    }

    /** For messages: {@code tags is keyword[]}. */
    String describe() {
        return Words.brief(text()) + (type == null ? " is dynamic" : " is " + type.word());
    }
}
