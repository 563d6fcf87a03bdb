package io.vectordb.schema;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.schema.FieldType.DateType;
import io.vectordb.schema.FieldType.TimestampType;
import io.vectordb.v1.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates and timestamps in their canonical forms. */
final class Times {

    private static final long FIRST_SECOND =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final int NANOS_PER_MICRO = 1_000;

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    /** RFC 3339, section 5.6, which lets a blank stand for the T. */
    private static final Pattern TIMESTAMP = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})[Tt ](\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?)([Zz]|[+-]\\d{2}:\\d{2})");

    private static final Pattern ZONELESS =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[Tt ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?)");

    private Times() {}

    static @Nullable Value date(At at, Value value) {
        return switch (value.getKindCase()) {
            case DATE_VALUE -> isDate(value.getDateValue()) ? value : noDate(at, value.getDateValue());
            case STRING_VALUE ->
                isDate(value.getStringValue())
                        ? Value.newBuilder()
                                .setDateValue(value.getStringValue())
                                .build()
                        : noDate(at, value.getStringValue());
            default -> at.mismatch(new DateType(), value);
        };
    }

    static @Nullable Value timestamp(At at, Value value) {
        return switch (value.getKindCase()) {
            case TIMESTAMP_VALUE -> timestamp(at, value.getTimestampValue(), value);
            case STRING_VALUE -> timestamp(at, value.getStringValue());
            default -> at.mismatch(new TimestampType(), value);
        };
    }

    static boolean isDate(String text) {
        if (!DATE.matcher(text).matches()) {
            return false;
        }
        try {
            return LocalDate.parse(text).getYear() >= 1;
        } catch (DateTimeException noSuchDay) {
            return false;
        }
    }

    private static @Nullable Value noDate(At at, String text) {
        return at.fail(ErrorCode.TYPE_MISMATCH, Texts.quoted(text) + " is not a date", DateGuess.hint(text));
    }

    private static @Nullable Value timestamp(At at, String text) {
        Matcher matcher = TIMESTAMP.matcher(text);
        if (!matcher.matches()) {
            return at.fail(ErrorCode.TYPE_MISMATCH, Texts.quoted(text) + " is not a timestamp", timestampHint(text));
        }
        try {
            Instant instant = OffsetDateTime.parse(matcher.group(1) + "T" + matcher.group(2)
                            + matcher.group(3).toUpperCase(Locale.ROOT))
                    .toInstant();
            Timestamp timestamp = Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
            return timestamp(
                    at,
                    timestamp,
                    Value.newBuilder().setTimestampValue(timestamp).build());
        } catch (DateTimeException noSuchTime) {
            return at.fail(ErrorCode.TYPE_MISMATCH, Texts.quoted(text) + " is not a timestamp");
        }
    }

    private static @Nullable Value timestamp(At at, Timestamp timestamp, Value value) {
        long seconds = timestamp.getSeconds();
        int nanos = timestamp.getNanos();
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= 1_000_000_000) {
            return at.fail(ErrorCode.INVALID_VALUE, "a timestamp lies in the years 1 to 9999 of UTC");
        }
        if (nanos % NANOS_PER_MICRO != 0) {
            return at.fail(
                    ErrorCode.INVALID_VALUE,
                    "a timestamp has microseconds, this one has " + nanos % NANOS_PER_MICRO + " nanoseconds more",
                    "write " + Instant.ofEpochSecond(seconds, nanos - nanos % NANOS_PER_MICRO));
        }
        return value;
    }

    private static String timestampHint(String text) {
        if (isDate(text)) {
            return "write " + text + "T00:00:00Z";
        }
        Matcher zoneless = ZONELESS.matcher(text);
        if (!zoneless.matches() || !isDate(zoneless.group(1))) {
            return "write it as in 2024-09-28T10:00:00Z";
        }
        String time = zoneless.group(2);
        return "a zone is needed: " + zoneless.group(1) + "T" + time + (time.length() == 5 ? ":00Z" : "Z");
    }
}
