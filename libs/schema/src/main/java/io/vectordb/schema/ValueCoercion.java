package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Bool;
import io.vectordb.schema.FieldType.DateType;
import io.vectordb.schema.FieldType.DecimalType;
import io.vectordb.schema.FieldType.Float64;
import io.vectordb.schema.FieldType.GeoPointType;
import io.vectordb.schema.FieldType.Int32;
import io.vectordb.schema.FieldType.Int64;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.Text;
import io.vectordb.schema.FieldType.TimestampType;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Value;
import io.vectordb.v1.VectorOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns values into the canonical form of their field's type. What is wrong is told at the place; null comes back. */
final class ValueCoercion {

    private final boolean dynamic;

    /** @param dynamic whether objects may have members that are not declared */
    ValueCoercion(boolean dynamic) {
        this.dynamic = dynamic;
    }

    /** A field's value, null too where that is allowed. */
    @Nullable
    Value coerce(At at, SchemaField field, Value value) {
        if (!value.hasNullValue()) {
            return typed(at, field, field.type(), value);
        }
        return field.notNull()
                ? at.fail(ErrorCode.CONSTRAINT_VIOLATION, "the field is not null, received null")
                : value;
    }

    /** The value of a key column. */
    @Nullable
    Value key(At at, SchemaField keyField, Value value) {
        Value key = coerce(at, keyField, value);
        if (key == null || !key.hasStringValue()) {
            return key;
        }
        if (key.getStringValue().isEmpty()) {
            return at.fail(ErrorCode.INVALID_VALUE, "a key is not empty");
        }
        int bytes = Texts.utf8Length(key.getStringValue());
        return bytes <= Limits.KEY_BYTES
                ? key
                : at.fail(
                        ErrorCode.KEY_TOO_LONG,
                        "expected a key of at most " + Limits.KEY_BYTES + " bytes, received " + bytes);
    }

    static @Nullable Value loneSurrogate(At at) {
        return at.fail(ErrorCode.INVALID_VALUE, "the text holds a lone surrogate, which is no character");
    }

    private @Nullable Value typed(At at, SchemaField field, FieldType type, Value value) {
        return switch (type) {
            case Keyword() -> text(at, type, value, Limits.KEYWORD_BYTES);
            case Text() -> text(at, type, value, Limits.TEXT_BYTES);
            case Int32() -> Numbers.integer(at, type, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Int64() -> Numbers.integer(at, type, value, Long.MIN_VALUE, Long.MAX_VALUE);
            case Float64() -> Numbers.float64(at, value);
            case DecimalType decimal -> Numbers.decimal(at, decimal, value);
            case Bool() -> value.hasBoolValue() ? value : at.mismatch(type, value);
            case DateType() -> Times.date(at, value);
            case TimestampType() -> Times.timestamp(at, value);
            case Json() -> FreeValues.coerce(at, value);
            case ObjectType() -> object(at, field.fields(), value);
            case GeoPointType() -> GeoPoints.point(at, value);
            case VectorType vector -> new VectorCoercion(at, vector, metric(field)).coerce(value);
            case ArrayType array -> array(at, field, array, value);
        };
    }

    private static VectorOptions.Metric metric(SchemaField field) {
        return field.vector().map(VectorOptions::getMetric).orElse(VectorOptions.Metric.COSINE);
    }

    private static @Nullable Value text(At at, FieldType type, Value value, int most) {
        if (!value.hasStringValue()) {
            boolean number = value.hasIntValue() || value.hasDecimalValue();
            String digits = value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getDecimalValue();
            return at.mismatch(type, value, number ? "write \"" + Texts.shortened(digits) + "\"" : "");
        }
        int bytes = Texts.utf8Length(value.getStringValue());
        if (bytes < 0) {
            return loneSurrogate(at);
        }
        return bytes <= most
                ? value
                : at.fail(
                        ErrorCode.TEXT_TOO_LONG,
                        "expected at most " + most + " bytes of " + type.word() + ", received " + bytes);
    }

    private @Nullable Value array(At at, SchemaField field, ArrayType type, Value value) {
        if (!value.hasListValue()) {
            return at.mismatch(type, value);
        }
        if (FreeValues.isTooDeep(at)) {
            return null;
        }
        List<Value> items = value.getListValue().getItemsList();
        ListValue.Builder list = ListValue.newBuilder();
        boolean whole = true;
        for (int i = 0; i < items.size(); i++) {
            Value item = items.get(i);
            Value coerced = item.hasNullValue() ? item : typed(at.in(i), field, type.element(), item);
            whole &= coerced != null;
            if (coerced != null) {
                list.addItems(coerced);
            }
        }
        return whole ? Value.newBuilder().setListValue(list).build() : null;
    }

    private @Nullable Value object(At at, List<SchemaField> declared, Value value) {
        if (!value.hasObjectValue()) {
            return at.mismatch(new ObjectType(), value);
        }
        if (FreeValues.isTooDeep(at)) {
            return null;
        }
        Map<String, Value> members = value.getObjectValue().getValuesMap();
        Fields.Builder object = Fields.newBuilder();
        boolean whole = true;
        for (Map.Entry<String, Value> entry : members.entrySet()) {
            Value member = member(at.in(entry.getKey()), declared, entry.getKey(), entry.getValue());
            whole &= member != null;
            if (member != null) {
                object.putValues(entry.getKey(), member);
            }
        }
        for (SchemaField field : declared) {
            if (field.notNull() && !members.containsKey(field.name())) {
                at.in(field.name()).fail(ErrorCode.CONSTRAINT_VIOLATION, "the field is not null, and missing");
                whole = false;
            }
        }
        return whole ? Value.newBuilder().setObjectValue(object).build() : null;
    }

    /** The value of one member of an object. */
    @Nullable
    Value member(At at, List<SchemaField> declared, String name, Value value) {
        for (SchemaField field : declared) {
            if (field.name().equals(name)) {
                return coerce(at, field, value);
            }
        }
        if (dynamic) {
            return FreeValues.member(at, name, value);
        }
        List<String> names = declared.stream().map(SchemaField::name).toList();
        return at.unknown("the object", name, names);
    }
}
