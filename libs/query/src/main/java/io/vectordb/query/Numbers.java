package io.vectordb.query;

import io.vectordb.schema.FieldType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Numbers of all types, compared by value and exactly. */
final class Numbers {

    private static final double TWO_TO_63 = 0x1p63;
    /** Room for 38 digits with zeros around them and an exponent. */
    private static final int LONGEST = 128;

    private Numbers() {}

    /** The decimal that a text is, or null where it is none, or one of more than 38 digits. */
    static @Nullable BigDecimal decimal(String text) {
        if (!isNumberShape(text)) {
            return null;
        }
        try {
            BigDecimal decimal = new BigDecimal(text);
            boolean fits = decimal.precision() <= FieldType.DECIMAL_DIGITS
                    && Math.abs((long) decimal.scale()) <= FieldType.DECIMAL_DIGITS;
            return fits ? decimal : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Tells most texts apart from numbers without the cost of an exception, and keeps long ones from being parsed. */
    private static boolean isNumberShape(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return false;
        }
        char c = text.charAt(0);
        return Words.isDigit(c) || c == '-' || c == '+' || c == '.';
    }

    /** Exactly by value; {@code b} is not NaN. */
    static int compare(long a, double b) {
        if (b >= TWO_TO_63) {
            return -1;
        }
        if (b < -TWO_TO_63) {
            return 1;
        }
        // In this range the whole part of b is a long without loss, and the rest decides only where they are equal.
        long whole = (long) b;
        int order = Long.compare(a, whole);
        return order != 0 ? order : Double.compare(0, b - whole + 0.0);
    }

    /** By value, so that both zeros are equal; neither is NaN. */
    static int compare(double a, double b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }

    static int compare(BigDecimal a, double b) {
        return Double.isInfinite(b) ? (b > 0 ? -1 : 1) : a.compareTo(new BigDecimal(b));
    }
}
