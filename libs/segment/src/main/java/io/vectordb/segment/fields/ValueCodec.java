package io.vectordb.segment.fields;

import com.google.protobuf.Timestamp;
import io.vectordb.schema.FieldType;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.lucene.util.NumericUtils;

/**
 * Values as terms.
 *
 * <ul>
 *   <li>Numbers, decimals and timestamps begin with {@link #COARSE_BYTES} bytes in their order: the nearest double, or
 *       microseconds. Where these are not the whole value, its canonical digits or seconds and nanoseconds follow. Equal
 *       values have equal terms, whatever type of number they are.
 *   <li>Text and dates are UTF-8, whose order is that of conditions.
 *   <li>Long text is its first {@link #START_BYTES} bytes and half of its SHA-256.
 * </ul>
 */
final class ValueCodec {

    /** The longest text, in bytes of UTF-8, of which the index knows all; none that reads as a date or timestamp is longer. */
    static final int TEXT_BYTES = 256;
    /** How many bytes of a longer one it knows. */
    static final int START_BYTES = 32;

    static final int COARSE_BYTES = Long.BYTES;

    private static final int HASH_BYTES = 16;
    private static final int DATE_LENGTH = 10;
    private static final double TWO_TO_63 = 0x1p63;
    private static final long MICROS = 1_000_000;
    private static final int NANOS_OF_MICRO = 1_000;
    private static final int NANOS = 1_000_000_000;
    /** Beyond these seconds, all timestamps share their coarse bytes. */
    private static final long FURTHEST = Long.MAX_VALUE / MICROS - 1;

    private static final int DIGITS_LENGTH = 128;
    private static final Pattern DIGITS =
            Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?");
    private static final byte[] NONE = {};

    private ValueCodec() {}

    /**
     * A value as the index knows it.
     *
     * @param bytes what tells it from others of its kind; empty for kinds whose values are not told apart
     */
    record Encoded(Kind kind, byte[] bytes) {
        Encoded(Kind kind) {
            this(kind, NONE);
        }
    }

    static Encoded encode(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> new Encoded(Kind.NULL);
            case BOOL_VALUE -> new Encoded(Kind.BOOL, bool(value.getBoolValue()));
            case INT_VALUE -> new Encoded(Kind.NUMBER, number(value.getIntValue()));
            case FLOAT_VALUE ->
                Double.isNaN(value.getFloatValue())
                        ? new Encoded(Kind.NAN)
                        : new Encoded(Kind.NUMBER, number(value.getFloatValue()));
            case STRING_VALUE -> text(value.getStringValue());
            case DECIMAL_VALUE ->
                decimal(value.getDecimalValue())
                        .map(decimal -> new Encoded(Kind.DECIMAL, number(decimal)))
                        .orElseGet(() -> new Encoded(Kind.OPAQUE));
            case DATE_VALUE ->
                isDate(value.getDateValue())
                        ? new Encoded(Kind.DATE, value.getDateValue().getBytes(StandardCharsets.US_ASCII))
                        : new Encoded(Kind.OPAQUE);
            case TIMESTAMP_VALUE -> new Encoded(Kind.TIMESTAMP, timestamp(value.getTimestampValue()));
            case LIST_VALUE -> new Encoded(Kind.LIST);
            case OBJECT_VALUE -> new Encoded(Kind.OBJECT);
            case GEO_VALUE -> new Encoded(Kind.GEO);
            case VECTOR_VALUE -> new Encoded(Kind.VECTOR);
            case BYTES_VALUE -> new Encoded(Kind.BYTES);
        };
    }

    /** A value that every condition takes for the one that was encoded. */
    static Value decode(Kind kind, byte[] bytes, int from, int to) {
        Value.Builder value = Value.newBuilder();
        return switch (kind) {
            case BOOL -> value.setBoolValue(bytes[from] != 0).build();
            case TEXT ->
                value.setStringValue(new String(bytes, from, to - from, StandardCharsets.UTF_8))
                        .build();
            case DATE ->
                value.setDateValue(new String(bytes, from, to - from, StandardCharsets.US_ASCII))
                        .build();
            case NUMBER ->
                to - from == COARSE_BYTES
                        ? value.setFloatValue(coarseDouble(bytes, from)).build()
                        : value.setIntValue(digits(bytes, from, to).longValueExact())
                                .build();
            case DECIMAL -> value.setDecimalValue(decimalText(bytes, from, to)).build();
            case TIMESTAMP -> value.setTimestampValue(instant(bytes, from, to)).build();
            case NULL, NAN, LONG_TEXT, OPAQUE, LIST, OBJECT, GEO, VECTOR, BYTES ->
                throw new IllegalArgumentException("terms of " + kind + " do not read back");
        };
    }

    static byte[] bool(boolean value) {
        return new byte[] {(byte) (value ? 1 : 0)};
    }

    static byte[] number(long value) {
        double nearest = value;
        // The cast back would make Long.MAX_VALUE out of 2^63.
        boolean whole = nearest != TWO_TO_63 && (long) nearest == value;
        return whole ? coarse(nearest) : number(nearest, BigDecimal.valueOf(value));
    }

    /** Not of NaN. */
    static byte[] number(double value) {
        return coarse(value);
    }

    static byte[] number(BigDecimal value) {
        double nearest = value.doubleValue();
        boolean whole = Double.isFinite(nearest) && new BigDecimal(nearest).compareTo(value) == 0;
        return whole ? coarse(nearest) : number(nearest, value);
    }

    private static byte[] number(double nearest, BigDecimal exact) {
        byte[] digits = exact.stripTrailingZeros().toString().getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = Arrays.copyOf(coarse(nearest), COARSE_BYTES + digits.length);
        System.arraycopy(digits, 0, bytes, COARSE_BYTES, digits.length);
        return bytes;
    }

    /** Both zeros are one. */
    private static byte[] coarse(double value) {
        return sortable(NumericUtils.doubleToSortableLong(value + 0.0));
    }

    private static byte[] sortable(long value) {
        byte[] bytes = new byte[COARSE_BYTES];
        NumericUtils.longToSortableBytes(value, bytes, 0);
        return bytes;
    }

    private static double coarseDouble(byte[] bytes, int from) {
        return NumericUtils.sortableLongToDouble(NumericUtils.sortableBytesToLong(bytes, from));
    }

    private static BigDecimal digits(byte[] bytes, int from, int to) {
        return new BigDecimal(
                new String(bytes, from + COARSE_BYTES, to - from - COARSE_BYTES, StandardCharsets.US_ASCII));
    }

    private static String decimalText(byte[] bytes, int from, int to) {
        BigDecimal decimal = to - from == COARSE_BYTES
                ? new BigDecimal(coarseDouble(bytes, from)).stripTrailingZeros()
                : digits(bytes, from, to);
        return decimal.toString();
    }

    /** The number that all readers of decimals read from a text, also when its zeros are cut off; else nothing. */
    static Optional<BigDecimal> decimal(String text) {
        if (text.length() > DIGITS_LENGTH || !DIGITS.matcher(text).matches()) {
            return Optional.empty();
        }
        BigDecimal decimal = new BigDecimal(text);
        return isShort(decimal) && isShort(decimal.stripTrailingZeros()) ? Optional.of(decimal) : Optional.empty();
    }

    private static boolean isShort(BigDecimal decimal) {
        return decimal.precision() <= FieldType.DECIMAL_DIGITS && Math.abs(decimal.scale()) <= FieldType.DECIMAL_DIGITS;
    }

    static Encoded text(String text) {
        if (!isWellFormed(text)) {
            return new Encoded(Kind.OPAQUE);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return utf8.length <= TEXT_BYTES ? new Encoded(Kind.TEXT, utf8) : new Encoded(Kind.LONG_TEXT, longText(utf8));
    }

    private static byte[] longText(byte[] utf8) {
        byte[] bytes = Arrays.copyOf(utf8, START_BYTES + HASH_BYTES);
        System.arraycopy(sha256(utf8), 0, bytes, START_BYTES, HASH_BYTES);
        return bytes;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether the text has no half of a surrogate pair, and so is what its UTF-8 says. */
    static boolean isWellFormed(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Whether a text is a date of the calendar of the years 1 to 9999: {@code 2024-09-28}. */
    static boolean isDate(String text) {
        if (text.length() != DATE_LENGTH) {
            return false;
        }
        int number = 0;
        for (int i = 0; i < DATE_LENGTH; i++) {
            char c = text.charAt(i);
            if (i == 4 || i == 7) {
                if (c != '-') {
                    return false;
                }
            } else if (c < '0' || c > '9') {
                return false;
            } else {
                number = number * 10 + (c - '0');
            }
        }
        int year = number / 10_000;
        int month = number / 100 % 100;
        int day = number % 100;
        return year >= 1
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= YearMonth.of(year, month).lengthOfMonth();
    }

    static byte[] timestamp(Timestamp timestamp) {
        long seconds = timestamp.getSeconds();
        int nanos = timestamp.getNanos();
        long micros;
        if (Math.abs(Math.max(seconds, -Long.MAX_VALUE)) >= FURTHEST) {
            micros = seconds > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        } else {
            micros = seconds * MICROS + Math.clamp(nanos, 0, NANOS - 1) / NANOS_OF_MICRO;
            if (nanos >= 0 && nanos < NANOS && nanos % NANOS_OF_MICRO == 0) {
                return sortable(micros);
            }
        }
        byte[] bytes = new byte[COARSE_BYTES + Long.BYTES + Integer.BYTES];
        NumericUtils.longToSortableBytes(micros, bytes, 0);
        NumericUtils.longToSortableBytes(seconds, bytes, COARSE_BYTES);
        NumericUtils.intToSortableBytes(nanos, bytes, COARSE_BYTES + Long.BYTES);
        return bytes;
    }

    private static Timestamp instant(byte[] bytes, int from, int to) {
        if (to - from > COARSE_BYTES) {
            return Timestamp.newBuilder()
                    .setSeconds(NumericUtils.sortableBytesToLong(bytes, from + COARSE_BYTES))
                    .setNanos(NumericUtils.sortableBytesToInt(bytes, from + COARSE_BYTES + Long.BYTES))
                    .build();
        }
        long micros = NumericUtils.sortableBytesToLong(bytes, from);
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, MICROS))
                .setNanos((int) Math.floorMod(micros, MICROS) * NANOS_OF_MICRO)
                .build();
    }
}
