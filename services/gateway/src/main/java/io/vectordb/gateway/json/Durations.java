package io.vectordb.gateway.json;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and times as text. */
public final class Durations {

    private static final Pattern DURATION = Pattern.compile("(-?\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h)");
    private static final long NANOS = 1_000_000_000L;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 0.012s}, {@code 5m}, {@code 1h}.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static Duration parse(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a duration such as \"500ms\", \"0.5s\", \"5m\" or \"1h\"");
        }
        BigDecimal unitNanos = switch (matcher.group(2)) {
            case "ms" -> BigDecimal.valueOf(1_000_000);
            case "s" -> BigDecimal.valueOf(NANOS);
            case "m" -> BigDecimal.valueOf(60 * NANOS);
            default -> BigDecimal.valueOf(3_600 * NANOS);
        };
        BigDecimal[] parts =
                new BigDecimal(matcher.group(1)).multiply(unitNanos).divideAndRemainder(BigDecimal.valueOf(NANOS));
        long seconds = parts[0].longValueExact();
        if (Math.abs(seconds) > 315_576_000_000L) {
            throw new IllegalArgumentException("expected at most 10,000 years");
        }
        return Duration.newBuilder()
                .setSeconds(seconds)
                .setNanos(parts[1].intValue())
                .build();
    }

    /** The form {@code 0.012s}, without zeros at the end. */
    public static String format(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNanos(), 9));
        return seconds.signum() == 0 ? "0s" : seconds.stripTrailingZeros().toPlainString() + "s";
    }

    /**
     * Reads RFC 3339 with a zone.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static Timestamp parseTimestamp(String text) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
                throw new IllegalArgumentException("expected a year from 1 to 9999");
            }
            return Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "expected a time with a zone such as \"2024-09-28T10:00:00.123456Z\"", e);
        }
    }

    /** RFC 3339 in UTC with as many groups of three decimals as are needed. */
    public static String format(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos())
                .toString();
    }
}
