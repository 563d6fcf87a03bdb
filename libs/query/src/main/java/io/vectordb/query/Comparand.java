package io.vectordb.query;

import com.google.protobuf.Timestamp;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A value made ready to be compared with those of many records.
 *
 * <p>Numbers compare by value over all numeric types and exactly, text by code points, dates by the calendar,
 * timestamps by instant. A text also compares with dates, timestamps and decimals, as what it reads as. Two scalars of
 * types that do not compare are not equal, and neither comes first.
 *
 * <p>Immutable. Text, integers and dates are compared without allocation.
 */
final class Comparand {

    /** What {@link #order} answers where neither value comes first. */
    static final int INCOMPARABLE = 2;

    private final Value value;
    private final Value.KindCase kind;
    private final boolean scalar;
    private final String text;
    private final long integer;
    private final double floating;
    /** Of an integer or a decimal, and of a text that reads as one. */
    private final @Nullable BigDecimal decimal;

    /** Whether texts, its own and those it meets, may be read as dates, timestamps and decimals. */
    private final boolean reading;

    private final boolean readsAsDate;
    private final @Nullable Timestamp timestamp;

    private Comparand(Value value, boolean reading) {
        this.value = value;
        this.reading = reading;
        this.kind = value.getKindCase();
        this.scalar = Values.isScalar(value);
        this.integer = value.getIntValue();
        this.floating = value.getFloatValue();
        this.text = kind == Value.KindCase.DATE_VALUE ? value.getDateValue() : value.getStringValue();
        boolean reads = reading && kind == Value.KindCase.STRING_VALUE;
        this.readsAsDate = kind == Value.KindCase.DATE_VALUE || (reads && Times.isDate(this.text));
        if (kind == Value.KindCase.TIMESTAMP_VALUE) {
            this.timestamp = value.getTimestampValue();
        } else {
            this.timestamp = reads ? Times.timestamp(this.text) : null;
        }
        this.decimal = switch (kind) {
            case INT_VALUE -> BigDecimal.valueOf(integer);
            case DECIMAL_VALUE -> parsed(value.getDecimalValue());
            case STRING_VALUE -> reads ? Numbers.decimal(this.text) : null;
            case NULL_VALUE,
                    BOOL_VALUE,
                    FLOAT_VALUE,
                    DATE_VALUE,
                    TIMESTAMP_VALUE,
                    LIST_VALUE,
                    OBJECT_VALUE,
                    GEO_VALUE,
                    VECTOR_VALUE,
                    BYTES_VALUE,
                    KIND_NOT_SET -> null;
        };
    }

    /** Of a value of the language: text may also be read as another type, here and in the records. */
    static Comparand of(Value value) {
        return new Comparand(value, true);
    }

    /** Of a value of a record, to be compared with another of it: text is text. */
    static Comparand ofRecord(Value value) {
        return new Comparand(value, false);
    }

    boolean isScalar() {
        return scalar;
    }

    Value value() {
        return value;
    }

    /** The truth of {@code other op this}; {@code other} may be null, this too. */
    int test(Compare.Op op, Value other) {
        return switch (op) {
            case EQ, OP_UNSPECIFIED -> equality(other);
            case NE -> -equality(other);
            case LT -> ordered(other, -1, -1);
            case LE -> ordered(other, -1, 0);
            case GT -> ordered(other, 1, 1);
            case GE -> ordered(other, 0, 1);
            case DISTINCT -> Logic.of(isDistinct(other));
            case NOT_DISTINCT -> Logic.of(!isDistinct(other));
            case UNRECOGNIZED -> Logic.UNKNOWN;
        };
    }

    /** Whether the two are equal; unknown where one is null, or no scalar. */
    int equality(Value other) {
        if (kind == Value.KindCase.STRING_VALUE && other.hasStringValue()) {
            return Logic.of(text.equals(other.getStringValue()));
        }
        return scalar && Values.isScalar(other) ? Logic.of(order(other) == 0) : Logic.UNKNOWN;
    }

    private int ordered(Value other, int least, int most) {
        if (kind == Value.KindCase.BOOL_VALUE) {
            return Logic.UNKNOWN;
        }
        int order = order(other);
        return order == INCOMPARABLE ? Logic.UNKNOWN : Logic.of(order >= least && order <= most);
    }

    private boolean isDistinct(Value other) {
        if (Values.isNull(other) || Values.isNull(value)) {
            return Values.isNull(other) != Values.isNull(value);
        }
        return scalar ? equality(other) != Logic.TRUE : !value.equals(other);
    }

    /** Negative, zero or positive as {@code other} comes before, with or after this; or {@link #INCOMPARABLE}. */
    int order(Value other) {
        return switch (other.getKindCase()) {
            case BOOL_VALUE ->
                kind == Value.KindCase.BOOL_VALUE
                        ? Boolean.compare(other.getBoolValue(), value.getBoolValue())
                        : INCOMPARABLE;
            case INT_VALUE -> integerOrder(other.getIntValue());
            case FLOAT_VALUE -> floatingOrder(other.getFloatValue());
            case DECIMAL_VALUE -> decimalOrder(parsed(other.getDecimalValue()));
            case STRING_VALUE -> textOrder(other.getStringValue());
            case DATE_VALUE -> readsAsDate ? sign(other.getDateValue().compareTo(text)) : INCOMPARABLE;
            case TIMESTAMP_VALUE -> timestampOrder(other.getTimestampValue());
            case NULL_VALUE, LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE, KIND_NOT_SET ->
                INCOMPARABLE;
        };
    }

    private int integerOrder(long other) {
        if (kind == Value.KindCase.INT_VALUE) {
            return Long.compare(other, integer);
        }
        if (kind == Value.KindCase.FLOAT_VALUE) {
            return Double.isNaN(floating) ? INCOMPARABLE : Numbers.compare(other, floating);
        }
        return kind == Value.KindCase.DECIMAL_VALUE && decimal != null
                ? BigDecimal.valueOf(other).compareTo(decimal)
                : INCOMPARABLE;
    }

    private int floatingOrder(double other) {
        if (Double.isNaN(other)) {
            return INCOMPARABLE;
        }
        if (kind == Value.KindCase.FLOAT_VALUE) {
            return Double.isNaN(floating) ? INCOMPARABLE : Numbers.compare(other, floating);
        }
        if (kind == Value.KindCase.INT_VALUE) {
            return -Numbers.compare(integer, other);
        }
        return kind == Value.KindCase.DECIMAL_VALUE && decimal != null
                ? -Numbers.compare(decimal, other)
                : INCOMPARABLE;
    }

    private int decimalOrder(@Nullable BigDecimal other) {
        if (other == null) {
            return INCOMPARABLE;
        }
        if (kind == Value.KindCase.FLOAT_VALUE) {
            return Double.isNaN(floating) ? INCOMPARABLE : Numbers.compare(other, floating);
        }
        return decimal == null ? INCOMPARABLE : other.compareTo(decimal);
    }

    private int textOrder(String other) {
        return switch (kind) {
            case STRING_VALUE -> codePointOrder(other, text);
            case DATE_VALUE -> reading && Times.isDate(other) ? sign(other.compareTo(text)) : INCOMPARABLE;
            case TIMESTAMP_VALUE -> {
                Timestamp read = reading ? Times.timestamp(other) : null;
                yield read == null ? INCOMPARABLE : timestampOrder(read);
            }
            case NULL_VALUE,
                    BOOL_VALUE,
                    INT_VALUE,
                    FLOAT_VALUE,
                    DECIMAL_VALUE,
                    LIST_VALUE,
                    OBJECT_VALUE,
                    GEO_VALUE,
                    VECTOR_VALUE,
                    BYTES_VALUE,
                    KIND_NOT_SET -> INCOMPARABLE;
        };
    }

    private int timestampOrder(Timestamp other) {
        if (timestamp == null) {
            return INCOMPARABLE;
        }
        int seconds = Long.compare(other.getSeconds(), timestamp.getSeconds());
        return seconds != 0 ? seconds : Integer.compare(other.getNanos(), timestamp.getNanos());
    }

    /** The order of code points, which is that of UTF-8's bytes but not that of UTF-16's units. */
    static int codePointOrder(String a, String b) {
        int most = Math.min(a.length(), b.length());
        for (int i = 0; i < most; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return rank(x) < rank(y) ? -1 : 1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Puts surrogates, which stand for the code points above all others, behind the units U+E000 to U+FFFF. */
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }

    private static int sign(int order) {
        return Integer.signum(order);
    }

    private static @Nullable BigDecimal parsed(String digits) {
        try {
            return new BigDecimal(digits);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
