package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Bool;
import io.vectordb.schema.FieldType.DateType;
import io.vectordb.schema.FieldType.Float64;
import io.vectordb.schema.FieldType.GeoPointType;
import io.vectordb.schema.FieldType.Int64;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.Text;
import io.vectordb.schema.FieldType.TimestampType;
import io.vectordb.v1.Field;
import io.vectordb.v1.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one record or patch that its schema does not declare, typed by what they hold. For one thread. */
final class NewFields {

    private final CollectionSchema schema;
    private final Map<String, Field> fields = new LinkedHashMap<>();

    NewFields(CollectionSchema schema) {
        this.schema = schema;
    }

    List<Field> all() {
        return List.copyOf(fields.values());
    }

    /**
     * The canonical value of a field that is not declared; the field is declared then, unless the value fixes no type:
     * null, and an array without a value.
     */
    @Nullable
    Value coerce(At at, String name, Value value) {
        if (isRefused(at, name)) {
            return null;
        }
        Typing typing = new Typing(at);
        Optional<FieldType> type = typing.typeOf(value);
        if (typing.failed) {
            return null;
        }
        if (type.isEmpty()) {
            return value;
        }
        Field field = FieldCompletion.field(name, type.get());
        Value coerced = new ValueCoercion(true).coerce(at, SchemaField.of(field), value);
        return coerced == null || !declare(at, field) ? null : coerced;
    }

    /** Declares an object of this name, something inside of which was set; tells whether that can be. */
    boolean declareObject(At at, String name) {
        return !isRefused(at, name) && declare(at, FieldCompletion.field(name, new ObjectType()));
    }

    private boolean isRefused(At at, String name) {
        if (!schema.dynamic()) {
            at.unknown("the collection", name, schema.names());
            return true;
        }
        Optional<String> fault = FieldNames.fault(name);
        fault.ifPresent(what -> at.fail(ErrorCode.INVALID_VALUE, what));
        return fault.isPresent();
    }

    private boolean declare(At at, Field field) {
        fields.putIfAbsent(field.getName(), field);
        int count = schema.declaredCount() + fields.size();
        if (count > Limits.FIELDS) {
            at.fail(
                    ErrorCode.LIMIT_EXCEEDED,
                    "expected at most " + Limits.FIELDS + " fields in the collection, this is number " + count,
                    "values with many names go into one field of type json");
        }
        return count <= Limits.FIELDS;
    }

    /** Finds the type of one value. */
    private static final class Typing {

        private static final String DECLARE_JSON = "declare the field as json";
        private static final Set<FieldType> NUMBERS = Set.of(new Int64(), new Float64());
        private static final Set<FieldType> TEXTS = Set.of(new Keyword(), new Text());

        private final At at;
        private boolean failed;

        Typing(At at) {
            this.at = at;
        }

        Optional<FieldType> typeOf(Value value) {
            return switch (value.getKindCase()) {
                case NULL_VALUE -> Optional.empty();
                case BOOL_VALUE -> Optional.of(new Bool());
                case INT_VALUE -> Optional.of(new Int64());
                case FLOAT_VALUE -> Optional.of(new Float64());
                case DECIMAL_VALUE -> ofNumber(value.getDecimalValue());
                case STRING_VALUE ->
                    Optional.of(
                            Texts.utf8Length(value.getStringValue()) > Limits.KEYWORD_BYTES
                                    ? new Text()
                                    : new Keyword());
                case DATE_VALUE -> Optional.of(new DateType());
                case TIMESTAMP_VALUE -> Optional.of(new TimestampType());
                case GEO_VALUE -> Optional.of(new GeoPointType());
                case OBJECT_VALUE -> Optional.of(new ObjectType());
                case LIST_VALUE -> ofList(value.getListValue().getItemsList());
                case VECTOR_VALUE ->
                    fail(
                            ErrorCode.TYPE_MISMATCH,
                            "a vector needs a declared field",
                            "declare vector(384), or its dimension");
                case BYTES_VALUE -> fail(ErrorCode.FEATURE_NOT_AVAILABLE, "bytes are not available yet", "");
                case KIND_NOT_SET -> fail(ErrorCode.INVALID_VALUE, "there is no value; null is null_value", "");
            };
        }

        private Optional<FieldType> ofNumber(String digits) {
            if (Numbers.isInteger(digits) && !Numbers.isInt64(digits)) {
                return fail(
                        ErrorCode.INVALID_VALUE,
                        Texts.shortened(digits) + " is beyond the range of int64",
                        "declare the field as decimal(38,0)");
            }
            return Optional.of(Numbers.isInteger(digits) ? new Int64() : new Float64());
        }

        private Optional<FieldType> ofList(List<Value> items) {
            FieldType common = null;
            for (Value item : items) {
                if (item.hasListValue()) {
                    return fail(ErrorCode.TYPE_MISMATCH, "a list of lists has no type", DECLARE_JSON);
                }
                Optional<FieldType> type = typeOf(item);
                if (type.isPresent()) {
                    common = common == null ? type.get() : merged(common, type.get());
                }
                if (failed) {
                    return Optional.empty();
                }
            }
            return common == null ? Optional.empty() : Optional.of(new ArrayType(common));
        }

        /** JSON writes 1.0 as 1 and knows one kind of text, so these two pairs are no mixtures. */
        private FieldType merged(FieldType one, FieldType other) {
            if (one.equals(other)) {
                return one;
            }
            Set<FieldType> both = Set.of(one, other);
            if (both.equals(NUMBERS)) {
                return new Float64();
            }
            if (both.equals(TEXTS)) {
                return new Text();
            }
            fail(
                    ErrorCode.TYPE_MISMATCH,
                    "a list that mixes " + one.word() + " and " + other.word() + " has no type",
                    DECLARE_JSON);
            return one;
        }

        private Optional<FieldType> fail(ErrorCode code, String message, String hint) {
            failed = true;
            at.fail(code, message, hint);
            return Optional.empty();
        }
    }
}
