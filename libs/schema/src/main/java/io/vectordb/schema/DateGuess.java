package io.vectordb.schema;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was probably meant by a text that is not a date. */
final class DateGuess {

    private static final Pattern YEAR_FIRST = Pattern.compile("(\\d{4})[-./](\\d{1,2})[-./](\\d{1,2})");
    private static final Pattern COMPACT = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})");
    private static final Pattern WITH_TIME = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})[Tt ]\\d{2}:.*");
    private static final Pattern DOTTED = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})");
    private static final Pattern SLASHED = Pattern.compile("(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4})");

    private DateGuess() {}

    /** {@code write 2024-09-28}, or the form alone where the day cannot be told. */
    static String hint(String text) {
        return "write " + guess(text.strip()).orElse("it as in 2024-09-28");
    }

    private static Optional<String> guess(String text) {
        for (Pattern pattern : new Pattern[] {YEAR_FIRST, COMPACT, WITH_TIME}) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.matches()) {
                return date(matcher.group(1), matcher.group(2), matcher.group(3));
            }
        }
        Matcher dotted = DOTTED.matcher(text);
        if (dotted.matches()) {
            return date(dotted.group(3), dotted.group(2), dotted.group(1));
        }
        Matcher slashed = SLASHED.matcher(text);
        return slashed.matches() ? slashed(slashed) : Optional.empty();
    }

    /** Day and month stand in either order: only one above 12 tells which is which. */
    private static Optional<String> slashed(Matcher slashed) {
        Optional<String> american = date(slashed.group(3), slashed.group(1), slashed.group(2));
        Optional<String> british = date(slashed.group(3), slashed.group(2), slashed.group(1));
        return american.isPresent() && british.isPresent() && !american.equals(british)
                ? Optional.empty()
                : american.or(() -> british);
    }

    private static Optional<String> date(String year, String month, String day) {
        String date = year + "-" + padded(month) + "-" + padded(day);
        return Times.isDate(date) ? Optional.of(date) : Optional.empty();
    }

    private static String padded(String digits) {
        return digits.length() == 1 ? "0" + digits : digits;
    }
}
