package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.schema.FieldType.DecimalType;
import io.vectordb.schema.FieldType.Float64;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers in their canonical forms. Nothing is rounded but where a double is declared. */
final class Numbers {

    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d*");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");
    /** No type holds so many; parsing more would cost their square. */
    private static final int MOST_DIGITS = 1_000;

    private Numbers() {}

    static @Nullable Value integer(At at, FieldType type, Value value, long least, long most) {
        return switch (value.getKindCase()) {
            case INT_VALUE ->
                value.getIntValue() >= least && value.getIntValue() <= most
                        ? value
                        : outOfRange(at, type, Long.toString(value.getIntValue()));
            case STRING_VALUE -> digits(at, type, value, value.getStringValue(), least, most);
            case DECIMAL_VALUE -> digits(at, type, value, value.getDecimalValue(), least, most);
            case FLOAT_VALUE -> at.mismatch(type, value, wholeNumberHint(Double.toString(value.getFloatValue())));
            default -> at.mismatch(type, value);
        };
    }

    static @Nullable Value float64(At at, Value value) {
        return switch (value.getKindCase()) {
            case INT_VALUE -> of((double) value.getIntValue());
            case FLOAT_VALUE -> Double.isFinite(value.getFloatValue()) ? value : notFinite(at, value.getFloatValue());
            case DECIMAL_VALUE -> parsed(at, value.getDecimalValue());
            case STRING_VALUE ->
                at.mismatch(
                        new Float64(),
                        value,
                        isNumber(value.getStringValue()) ? "write " + value.getStringValue() + " without quotes" : "");
            default -> at.mismatch(new Float64(), value);
        };
    }

    static @Nullable Value decimal(At at, DecimalType type, Value value) {
        return switch (value.getKindCase()) {
            case INT_VALUE -> scaled(at, type, BigDecimal.valueOf(value.getIntValue()), value);
            case DECIMAL_VALUE -> decimal(at, type, value, value.getDecimalValue());
            case STRING_VALUE -> decimal(at, type, value, value.getStringValue());
            case FLOAT_VALUE ->
                at.mismatch(type, value, "send the digits as decimal_value: a double may have changed them");
            default -> at.mismatch(type, value);
        };
    }

    /** Whether a text is a number as JSON writes it, short enough to be parsed. */
    static boolean isNumber(String text) {
        return text.length() <= MOST_DIGITS && NUMBER.matcher(text).matches();
    }

    /** Whether a text is an integer without needless signs or zeros. */
    static boolean isInteger(String text) {
        return text.length() <= MOST_DIGITS && INTEGER.matcher(text).matches();
    }

    static boolean isInt64(String text) {
        return isInteger(text) && new BigInteger(text).bitLength() < Long.SIZE;
    }

    static Value of(double number) {
        return Value.newBuilder().setFloatValue(number).build();
    }

    static Value of(long number) {
        return Value.newBuilder().setIntValue(number).build();
    }

    static @Nullable Value notANumber(At at, String text) {
        return at.fail(ErrorCode.INVALID_VALUE, Texts.quoted(text) + " is not a number");
    }

    static @Nullable Value notFinite(At at, double number) {
        return at.fail(ErrorCode.INVALID_VALUE, "expected a finite number, received " + number);
    }

    private static @Nullable Value parsed(At at, String text) {
        if (!isNumber(text)) {
            return notANumber(at, text);
        }
        double number = Double.parseDouble(text);
        return Double.isFinite(number)
                ? of(number)
                : at.fail(ErrorCode.INVALID_VALUE, text + " is beyond the range of a float64");
    }

    private static @Nullable Value digits(At at, FieldType type, Value value, String text, long least, long most) {
        if (!isInteger(text)) {
            return at.mismatch(type, value, wholeNumberHint(text));
        }
        if (!isInt64(text)) {
            return outOfRange(at, type, text);
        }
        long number = Long.parseLong(text);
        return number >= least && number <= most ? of(number) : outOfRange(at, type, text);
    }

    private static @Nullable Value outOfRange(At at, FieldType type, String text) {
        return at.fail(ErrorCode.INVALID_VALUE, Texts.shortened(text) + " is beyond the range of " + type.word());
    }

    private static String wholeNumberHint(String text) {
        if (!isNumber(text)) {
            return "";
        }
        double number = Double.parseDouble(text);
        boolean whole = number == Math.rint(number) && Math.abs(number) < 1L << 53;
        return whole ? "write " + (long) number : "";
    }

    private static @Nullable Value decimal(At at, DecimalType type, Value value, String text) {
        if (text.length() > MOST_DIGITS) {
            return at.fail(
                    ErrorCode.INVALID_VALUE, "a number of " + text.length() + " characters is no " + type.word());
        }
        if (!NUMBER.matcher(text).matches()) {
            return at.mismatch(type, value);
        }
        try {
            return scaled(at, type, new BigDecimal(text), value);
        } catch (NumberFormatException exponentOverflow) {
            return at.fail(ErrorCode.INVALID_VALUE, text + " is beyond the range of " + type.word());
        }
    }

    private static @Nullable Value scaled(At at, DecimalType type, BigDecimal number, Value value) {
        if (number.scale() > type.scale()) {
            return at.fail(
                    ErrorCode.INVALID_VALUE,
                    "expected at most " + type.scale() + " places of " + type.word() + ", received " + number.scale());
        }
        long digits = (long) number.precision() - number.scale();
        int most = type.precision() - type.scale();
        if (digits > most && (number.signum() != 0 || digits > MOST_DIGITS)) {
            return at.fail(
                    ErrorCode.INVALID_VALUE,
                    "expected at most " + most + " digits before the point of " + type.word() + ", received " + digits);
        }
        String canonical = number.setScale(type.scale()).toPlainString();
        boolean same = value.hasDecimalValue() && value.getDecimalValue().equals(canonical);
        return same ? value : Value.newBuilder().setDecimalValue(canonical).build();
    }
}
