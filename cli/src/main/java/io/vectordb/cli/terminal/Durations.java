package io.vectordb.cli.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write and read them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,3}))?(ms|s|m|h)");

    private Durations() {}

    /** Reads a positive duration; anything else is an {@link IllegalArgumentException} that says what is expected. */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a duration such as 500ms, 10s or 5m, found '" + text + "'");
        }
        long millis = Math.round(
                Double.parseDouble(matcher.group(1) + "." + (matcher.group(2) == null ? "0" : matcher.group(2)))
                        * unitMillis(matcher.group(3)));
        if (millis == 0) {
            throw new IllegalArgumentException("expected a duration above zero, found '" + text + "'");
        }
        return Duration.ofMillis(millis);
    }

    private static long unitMillis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
    }

    /** As the API reads it. */
    public static String json(Duration duration) {
        return duration.toMillis() + "ms";
    }

    /** Short, with two units at most: {@code 4.2 s}, {@code 3 min 5 s}, {@code 2 d 4 h}. */
    public static String text(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds < 86_400
                ? seconds / 3600 + " h " + seconds % 3600 / 60 + " min"
                : seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
    }
}
