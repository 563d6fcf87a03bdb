package io.vectordb.query;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates and points in time of the years 1 to 9999, as the language writes them. */
final class Times {

    private static final int DATE_LENGTH = 10;

    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffsetId()
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private Times() {}

    /** Whether a text is a date of the calendar: {@code 2024-09-28}. Such texts are in the order of their dates. */
    static boolean isDate(String text) {
        if (text.length() != DATE_LENGTH || !isDateShape(text)) {
            return false;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        return year >= 1
                && month >= 1
                && month <= 12
                && day >= 1
                && (day <= 28 || day <= LocalDate.of(year, month, 1).lengthOfMonth());
    }

    /** The point in time of a text of RFC 3339, without a zone in UTC, also with a blank for the T; else null. */
    static @Nullable Timestamp timestamp(String text) {
        if (text.length() <= DATE_LENGTH || text.length() > 40 || !isDateShape(text)) {
            return null;
        }
        char separator = text.charAt(DATE_LENGTH);
        if (separator != 'T' && separator != 't' && separator != ' ') {
            return null;
        }
        String normal = (text.substring(0, DATE_LENGTH) + 'T' + text.substring(DATE_LENGTH + 1)).replace('z', 'Z');
        try {
            TemporalAccessor parsed = TIMESTAMP.parseBest(normal, OffsetDateTime::from, LocalDateTime::from);
            Instant instant = parsed instanceof OffsetDateTime zoned
                    ? zoned.toInstant()
                    : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
            return isInYears(instant.getEpochSecond(), instant.getNano())
                    ? Timestamp.newBuilder()
                            .setSeconds(instant.getEpochSecond())
                            .setNanos(instant.getNano())
                            .build()
                    : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** As a text that {@link #timestamp} reads. */
    static String text(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos())
                .toString();
    }

    static boolean isInYears(long seconds, int nanos) {
        return seconds >= -62_135_596_800L && seconds <= 253_402_300_799L && nanos >= 0 && nanos < 1_000_000_000;
    }

    private static boolean isDateShape(String text) {
        for (int i = 0; i < DATE_LENGTH; i++) {
            boolean dash = i == 4 || i == 7;
            char c = text.charAt(i);
            if (dash ? c != '-' : !Words.isDigit(c)) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }
}
