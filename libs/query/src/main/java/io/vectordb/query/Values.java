package io.vectordb.query;

import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values as literals of the language, and as words of its messages. */
final class Values {

    private static final Pattern DECIMAL_LITERAL = Pattern.compile("-?\\d+\\.\\d+");

    static final Value NULL =
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

    private Values() {}

    static boolean isNull(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> true;
            case BOOL_VALUE,
                    INT_VALUE,
                    FLOAT_VALUE,
                    STRING_VALUE,
                    DECIMAL_VALUE,
                    DATE_VALUE,
                    TIMESTAMP_VALUE,
                    LIST_VALUE,
                    OBJECT_VALUE,
                    GEO_VALUE,
                    VECTOR_VALUE,
                    BYTES_VALUE -> false;
        };
    }

    /** Neither null nor a list, an object, a point, a vector or bytes: what comparisons are made of. */
    static boolean isScalar(Value value) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE, INT_VALUE, FLOAT_VALUE, STRING_VALUE, DECIMAL_VALUE, DATE_VALUE, TIMESTAMP_VALUE -> true;
            case NULL_VALUE, LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE, KIND_NOT_SET -> false;
        };
    }

    /** Whether one of two values can come before the other; null counts as comparable. */
    static boolean areComparable(Value a, Value b) {
        return isNull(a) || isNull(b) || Comparand.of(b).order(a) != Comparand.INCOMPARABLE;
    }

    /**
     * The literal that reads back as this value.
     *
     * @throws VectorDbException INVALID_VALUE for what has no literal: NaN, infinity, objects, points, vectors, bytes
     */
    static String text(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> "NULL";
            case BOOL_VALUE -> value.getBoolValue() ? "TRUE" : "FALSE";
            case INT_VALUE -> Long.toString(value.getIntValue());
            case FLOAT_VALUE -> floating(value.getFloatValue());
            case STRING_VALUE -> Words.quoted(value.getStringValue());
            case DECIMAL_VALUE -> decimal(value.getDecimalValue());
            case DATE_VALUE -> "DATE " + Words.quoted(value.getDateValue());
            case TIMESTAMP_VALUE -> timestamp(value.getTimestampValue());
            case LIST_VALUE ->
                value.getListValue().getItemsList().stream()
                        .map(Values::text)
                        .collect(Collectors.joining(", ", "ARRAY[", "]"));
            case OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE ->
                throw new VectorDbException(ErrorCode.INVALID_VALUE, noun(value) + " has no literal in a filter");
        };
    }

    /** For messages: {@code '2024' is text}. */
    static String describe(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> "the value is null";
            case LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE -> "the value is " + noun(value);
            case BOOL_VALUE, INT_VALUE, FLOAT_VALUE, STRING_VALUE, DECIMAL_VALUE, DATE_VALUE, TIMESTAMP_VALUE ->
                Words.brief(shown(value)) + " is " + noun(value);
        };
    }

    /** A scalar for messages: its literal, where it has one. */
    static String shown(Value value) {
        return switch (value.getKindCase()) {
            case FLOAT_VALUE -> Double.toString(value.getFloatValue());
            case TIMESTAMP_VALUE -> isInYears(value.getTimestampValue()) ? text(value) : "the value";
            case BOOL_VALUE,
                    INT_VALUE,
                    STRING_VALUE,
                    DECIMAL_VALUE,
                    DATE_VALUE,
                    NULL_VALUE,
                    KIND_NOT_SET,
                    LIST_VALUE,
                    OBJECT_VALUE,
                    GEO_VALUE,
                    VECTOR_VALUE,
                    BYTES_VALUE -> text(value);
        };
    }

    private static String noun(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> "null";
            case BOOL_VALUE -> "bool";
            case INT_VALUE -> "an integer";
            case FLOAT_VALUE -> "a double";
            case STRING_VALUE -> "text";
            case DECIMAL_VALUE -> "a decimal";
            case DATE_VALUE -> "a date";
            case TIMESTAMP_VALUE -> "a timestamp";
            case LIST_VALUE -> "a list";
            case OBJECT_VALUE -> "an object";
            case GEO_VALUE -> "a point";
            case VECTOR_VALUE -> "a vector";
            case BYTES_VALUE -> "bytes";
        };
    }

    private static String timestamp(Timestamp timestamp) {
        if (!isInYears(timestamp)) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "a timestamp beyond the years 1 to 9999 has no literal in a filter");
        }
        return "TIMESTAMP " + Words.quoted(Times.text(timestamp));
    }

    private static boolean isInYears(Timestamp timestamp) {
        return Times.isInYears(timestamp.getSeconds(), timestamp.getNanos());
    }

    private static String floating(double value) {
        if (!Double.isFinite(value)) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, value + " has no literal in a filter");
        }
        String text = Double.toString(value).replace('E', 'e');
        return text.indexOf('e') < 0 ? text + "e0" : text;
    }

    private static String decimal(String digits) {
        return DECIMAL_LITERAL.matcher(digits).matches() ? digits : "DECIMAL " + Words.quoted(digits);
    }

    static Value of(BigDecimal decimal) {
        return Value.newBuilder().setDecimalValue(decimal.toPlainString()).build();
    }

    static Value of(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value of(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }

    static Value date(String date) {
        return Value.newBuilder().setDateValue(date).build();
    }
}
