package io.vectordb.query;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldType;
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
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Gives the values of conditions the types of the fields they meet.
 *
 * <p>Text is read as a date, a timestamp or a decimal where it meets one, never as an integer or a bool, nor the
 * reverse. A decimal that meets a float64 becomes the nearest one, as it did when it was stored. Other numbers stay as
 * they are, since numbers of all types compare.
 */
final class ValueTyper {

    private ValueTyper() {}

    /** The value as one of its field's type, or of the type of an array's elements. */
    static Value typed(Value value, ResolvedField field, Place place) {
        if (value.hasListValue()) {
            String hint = "write " + Words.brief(field.text()) + " IN ($1) or contains_any()";
            throw place.fault(ErrorCode.TYPE_MISMATCH, "expected one value, found a list", hint);
        }
        Value checked = checked(value, place);
        FieldType type = field.type();
        if (type == null) {
            return checked;
        }
        return switch (type.single()) {
            case Keyword _, Text _ -> text(checked, field, place);
            case Int32 _, Int64 _ -> number(checked, field, place);
            case Float64 _ -> floating(checked, field, place);
            case DecimalType _ -> decimal(checked, field, place);
            case Bool _ -> bool(checked, field, place);
            case DateType _ -> date(checked, field, place);
            case TimestampType _ -> timestamp(checked, field, place);
            case Json _ -> checked;
            case ObjectType _, GeoPointType _, VectorType _, ArrayType _ -> throw mismatch(checked, field, place, "");
        };
    }

    /** A scalar in its canonical form. */
    private static Value checked(Value value, Place place) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE, INT_VALUE, STRING_VALUE -> value;
            case FLOAT_VALUE -> {
                if (!Double.isFinite(value.getFloatValue())) {
                    throw invalid(place, value.getFloatValue() + " is no value of a filter", "");
                }
                yield value;
            }
            case DECIMAL_VALUE -> {
                BigDecimal decimal = Numbers.decimal(value.getDecimalValue());
                if (decimal == null) {
                    String digits = Words.quoted(Words.brief(value.getDecimalValue()));
                    throw invalid(place, digits + " is not a decimal of at most 38 digits", "");
                }
                yield Values.of(decimal);
            }
            case DATE_VALUE -> {
                if (!Times.isDate(value.getDateValue())) {
                    throw notA("a date", value.getDateValue(), place);
                }
                yield value;
            }
            case TIMESTAMP_VALUE -> {
                Timestamp timestamp = value.getTimestampValue();
                if (!Times.isInYears(timestamp.getSeconds(), timestamp.getNanos())) {
                    throw invalid(place, "a timestamp beyond the years 1 to 9999", "");
                }
                yield value;
            }
            case NULL_VALUE, KIND_NOT_SET, LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE ->
                throw place.fault(ErrorCode.TYPE_MISMATCH, "expected one value, but " + Values.describe(value), "");
        };
    }

    private static Value text(Value value, ResolvedField field, Place place) {
        if (value.hasStringValue()) {
            return value;
        }
        String hint = switch (value.getKindCase()) {
            case INT_VALUE -> "write '" + value.getIntValue() + "'";
            case DECIMAL_VALUE -> "write '" + value.getDecimalValue() + "'";
            case DATE_VALUE -> "write '" + value.getDateValue() + "'";
            case BOOL_VALUE,
                    FLOAT_VALUE,
                    TIMESTAMP_VALUE,
                    STRING_VALUE,
                    NULL_VALUE,
                    KIND_NOT_SET,
                    LIST_VALUE,
                    OBJECT_VALUE,
                    GEO_VALUE,
                    VECTOR_VALUE,
                    BYTES_VALUE -> "";
        };
        throw mismatch(value, field, place, hint);
    }

    private static Value number(Value value, ResolvedField field, Place place) {
        if (value.hasIntValue() || value.hasFloatValue() || value.hasDecimalValue()) {
            return value;
        }
        BigDecimal meant =
                value.hasStringValue() ? Numbers.decimal(value.getStringValue().strip()) : null;
        throw mismatch(value, field, place, meant == null ? "" : "write " + meant.toPlainString());
    }

    private static Value floating(Value value, ResolvedField field, Place place) {
        Value number = number(value, field, place);
        if (!number.hasDecimalValue()) {
            return number;
        }
        double nearest = Double.parseDouble(number.getDecimalValue());
        return Value.newBuilder().setFloatValue(nearest).build();
    }

    private static Value decimal(Value value, ResolvedField field, Place place) {
        if (!value.hasStringValue()) {
            return number(value, field, place);
        }
        BigDecimal decimal = Numbers.decimal(value.getStringValue());
        if (decimal == null) {
            throw mismatch(value, field, place, "write -1234.50");
        }
        return Values.of(decimal);
    }

    private static Value bool(Value value, ResolvedField field, Place place) {
        if (value.hasBoolValue()) {
            return value;
        }
        String text = value.getStringValue();
        boolean meant = text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
        throw mismatch(value, field, place, meant ? "write " + (text.length() == 4 ? "TRUE" : "FALSE") : "");
    }

    private static Value date(Value value, ResolvedField field, Place place) {
        if (value.hasDateValue()) {
            return value;
        }
        if (!value.hasStringValue()) {
            throw mismatch(value, field, place, "write DATE '2024-09-28'");
        }
        if (!Times.isDate(value.getStringValue())) {
            throw notA("a date", value.getStringValue(), place);
        }
        return Values.date(value.getStringValue());
    }

    private static Value timestamp(Value value, ResolvedField field, Place place) {
        if (value.hasTimestampValue()) {
            return value;
        }
        if (!value.hasStringValue()) {
            String day = value.hasDateValue() ? value.getDateValue() : "2024-09-28";
            throw mismatch(value, field, place, "write TIMESTAMP '" + day + "T00:00:00Z'");
        }
        @Nullable Timestamp timestamp = Times.timestamp(value.getStringValue());
        if (timestamp == null) {
            throw notA("a timestamp", value.getStringValue(), place);
        }
        return Value.newBuilder().setTimestampValue(timestamp).build();
    }

    private static VectorDbException notA(String what, String text, Place place) {
        String hint =
                what.equals("a date") ? "a date is written 2024-09-28" : "a timestamp is written 2024-09-28T10:00:00Z";
        String found = Words.brief(Words.quoted(text));
        return place.fault(ErrorCode.TYPE_MISMATCH, found + " is not " + what, hint);
    }

    private static VectorDbException mismatch(Value value, ResolvedField field, Place place, String hint) {
        return place.fault(ErrorCode.TYPE_MISMATCH, field.describe() + ", " + Values.describe(value), hint);
    }

    private static VectorDbException invalid(Place place, String message, String hint) {
        return place.fault(ErrorCode.INVALID_VALUE, message, hint);
    }
}
