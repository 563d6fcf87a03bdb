package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns records as clients write them into the canonical form that is stored: strictly, by the types of the schema,
 * and so that coercing what comes out changes nothing.
 *
 * <p>What the schema does not declare is typed on first sight where the schema is dynamic: an integer becomes int64,
 * another number float64, text keyword (or text, where it is too long for that), an array the array of what it holds.
 * Inside an object what is not declared stays as JSON's value says of itself.
 */
public final class RecordCoercion {

    private RecordCoercion() {}

    /**
     * The record in its canonical form.
     *
     * @throws io.vectordb.common.VectorDbException with every violation at once, at the names of the fields
     */
    public static Coerced coerce(CollectionSchema schema, Fields record) {
        Problems problems = new Problems();
        At root = At.root(problems);
        NewFields newFields = new NewFields(schema);
        ValueCoercion coercion = new ValueCoercion(schema.dynamic());
        Fields.Builder fields = Fields.newBuilder();
        for (Map.Entry<String, Value> entry : record.getValuesMap().entrySet()) {
            String name = entry.getKey();
            At at = root.in(name);
            Optional<SchemaField> field = schema.field(name);
            Value value = field.isPresent()
                    ? declared(schema, coercion, at, field.get(), entry.getValue())
                    : newFields.coerce(at, name, entry.getValue());
            if (value != null) {
                fields.putValues(name, value);
            }
        }
        checkMissing(schema, root, record);
        problems.throwIfAny();
        Fields coerced = fields.build();
        checkSize(problems, coerced.getSerializedSize());
        problems.throwIfAny();
        Value key = coerced.getValuesOrThrow(schema.keyField().name());
        return new Coerced(RecordKeys.of(key), coerced, newFields.all());
    }

    /**
     * One value in the canonical form of a field, such as a query's vector.
     *
     * @throws io.vectordb.common.VectorDbException with every violation, at the name of the field
     */
    public static Value value(SchemaField field, Value value) {
        Problems problems = new Problems();
        Value coerced = new ValueCoercion(true).coerce(At.root(problems).in(field.name()), field, value);
        problems.throwIfAny();
        return Objects.requireNonNull(coerced, "a bad value without a violation");
    }

    static void checkSize(Problems problems, int bytes) {
        if (bytes > Limits.RECORD_BYTES) {
            problems.add(
                    "",
                    ErrorCode.RECORD_TOO_LARGE,
                    "expected a record of at most " + Limits.RECORD_BYTES + " bytes, received " + bytes);
        }
    }

    private static @Nullable Value declared(
            CollectionSchema schema, ValueCoercion coercion, At at, SchemaField field, Value value) {
        return field == schema.keyField() ? coercion.key(at, field, value) : coercion.coerce(at, field, value);
    }

    private static void checkMissing(CollectionSchema schema, At root, Fields record) {
        Map<String, Value> values = record.getValuesMap();
        Set<String> embedded = schema.embeds().stream()
                .filter(rule -> isThere(values.get(rule.textField())))
                .map(EmbedRule::vectorField)
                .collect(Collectors.toSet());
        for (SchemaField field : schema.fields()) {
            if (!field.notNull() || values.containsKey(field.name()) || embedded.contains(field.name())) {
                continue;
            }
            if (field == schema.keyField()) {
                root.in(field.name()).fail(ErrorCode.MISSING_MEMBER, "the key is missing");
            } else {
                root.in(field.name()).fail(ErrorCode.CONSTRAINT_VIOLATION, "the field is not null, and missing");
            }
        }
    }

    private static boolean isThere(@Nullable Value value) {
        return value != null && !value.hasNullValue();
    }
}
