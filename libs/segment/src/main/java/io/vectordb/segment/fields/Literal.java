package io.vectordb.segment.fields;

import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A scalar of a condition, as it stands to the values of each kind. Immutable. */
final class Literal {

    private static final int SHORTEST_TIMESTAMP = 11;

    private final Value value;

    Literal(Value value) {
        this.value = value;
    }

    /** How a literal compares with the values of a kind. */
    enum Fit {
        /** By the order of their terms, or their equality. */
        TERMS,
        /** With none. */
        NEVER,
        /** With some, or not as terms do. */
        DIFFERENTLY
    }

    /** For {@code <} and its like. */
    Fit order(Kind kind) {
        return switch (kind) {
            case NUMBER -> number();
            case DECIMAL -> value.hasStringValue() ? digits(value.getStringValue()) : number();
            case TEXT -> textOrder();
            case LONG_TEXT -> value.hasStringValue() ? wellFormed() : Fit.NEVER;
            case DATE -> dateOrder();
            case TIMESTAMP -> timestampOrder();
            case OPAQUE -> Fit.DIFFERENTLY;
            case NULL, BOOL, NAN, LIST, OBJECT, GEO, VECTOR, BYTES -> Fit.NEVER;
        };
    }

    /** For {@code =} and its like. */
    Fit equality(Kind kind) {
        if (kind == Kind.BOOL) {
            return value.hasBoolValue() ? Fit.TERMS : Fit.NEVER;
        }
        if (kind == Kind.TEXT && value.hasDateValue() && ValueCodec.isDate(value.getDateValue())) {
            return Fit.TERMS;
        }
        return order(kind);
    }

    /** What a term of an equal value ends with, where {@link #equality} is by terms; empty: no value is equal. */
    Optional<byte[]> term(Kind kind) {
        return switch (kind) {
            case BOOL -> Optional.of(ValueCodec.bool(value.getBoolValue()));
            case NUMBER, DECIMAL -> Optional.of(numberBytes());
            case TEXT, LONG_TEXT -> {
                ValueCodec.Encoded encoded = ValueCodec.text(text());
                yield encoded.kind() == kind ? Optional.of(encoded.bytes()) : Optional.empty();
            }
            case DATE -> Optional.of(orderBytes(kind));
            case TIMESTAMP -> Optional.of(ValueCodec.timestamp(value.getTimestampValue()));
            case NULL, NAN, OPAQUE, LIST, OBJECT, GEO, VECTOR, BYTES -> Optional.empty();
        };
    }

    /** Where it stands in the order of the terms of a kind, as far as this has no doubt. */
    byte[] orderBytes(Kind kind) {
        return switch (kind) {
            case NUMBER, DECIMAL -> Arrays.copyOf(numberBytes(), ValueCodec.COARSE_BYTES);
            case TIMESTAMP -> Arrays.copyOf(ValueCodec.timestamp(value.getTimestampValue()), ValueCodec.COARSE_BYTES);
            case TEXT, LONG_TEXT, DATE -> text().getBytes(StandardCharsets.UTF_8);
            case NULL, BOOL, NAN, OPAQUE, LIST, OBJECT, GEO, VECTOR, BYTES ->
                throw new IllegalArgumentException(kind + " has no order");
        };
    }

    private String text() {
        return value.hasDateValue() ? value.getDateValue() : value.getStringValue();
    }

    private byte[] numberBytes() {
        if (value.hasIntValue()) {
            return ValueCodec.number(value.getIntValue());
        }
        return value.hasFloatValue()
                ? ValueCodec.number(value.getFloatValue())
                : ValueCodec.number(decimal().orElseThrow());
    }

    private Optional<BigDecimal> decimal() {
        return ValueCodec.decimal(value.hasDecimalValue() ? value.getDecimalValue() : value.getStringValue());
    }

    private Fit number() {
        if (value.hasDecimalValue()) {
            return decimal().isPresent() ? Fit.TERMS : Fit.DIFFERENTLY;
        }
        boolean isNumber = value.hasIntValue() || (value.hasFloatValue() && !Double.isNaN(value.getFloatValue()));
        return isNumber ? Fit.TERMS : Fit.NEVER;
    }

    private Fit textOrder() {
        if (value.hasStringValue()) {
            return wellFormed();
        }
        // Texts are read as dates and timestamps.
        return value.hasDateValue() || value.hasTimestampValue() ? Fit.DIFFERENTLY : Fit.NEVER;
    }

    private Fit dateOrder() {
        if (value.hasDateValue()) {
            return ValueCodec.isDate(value.getDateValue()) ? Fit.TERMS : Fit.DIFFERENTLY;
        }
        return value.hasStringValue() && ValueCodec.isDate(value.getStringValue()) ? Fit.TERMS : Fit.NEVER;
    }

    private Fit timestampOrder() {
        if (value.hasTimestampValue()) {
            return Fit.TERMS;
        }
        return value.hasStringValue() && mayBeTimestamp(value.getStringValue()) ? Fit.DIFFERENTLY : Fit.NEVER;
    }

    private Fit digits(String text) {
        if (decimal().isPresent()) {
            return Fit.TERMS;
        }
        char first = text.isEmpty() ? 'x' : text.charAt(0);
        boolean mayBeNumber = isDigit(first) || first == '+' || first == '-' || first == '.';
        return mayBeNumber ? Fit.DIFFERENTLY : Fit.NEVER;
    }

    private Fit wellFormed() {
        return ValueCodec.isWellFormed(value.getStringValue()) ? Fit.TERMS : Fit.DIFFERENTLY;
    }

    private static boolean mayBeTimestamp(String text) {
        return text.length() >= SHORTEST_TIMESTAMP && isDigit(text.charAt(0));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
