package io.vectordb.edgar;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the dates filings write: {@code 20240928}, {@code September 28, 2024}, {@code 28 Sept. 2024}, {@code 9/28/24}. */
final class Dates {

    private static final String MONTHS =
            "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
                    + "|nov(?:ember)?|dec(?:ember)?)\\.?";
    private static final String DAY = "(\\d{1,2})(?:\\s*(?:st|nd|rd|th)\\b)?";
    private static final String YEAR = "((?:19|20)\\s?\\d\\s?\\d)(?!\\d)";
    private static final Pattern MONTH_FIRST =
            Pattern.compile("(?i)\\b" + MONTHS + "\\s*" + DAY + "\\s*[,.]?\\s*(?:\\|\\s*)?" + YEAR);
    private static final Pattern DAY_FIRST =
            Pattern.compile("(?i)\\b" + DAY + "\\s*(?:day\\s+)?(?:of\\s+)?" + MONTHS + "\\s*[,.]?\\s*" + YEAR);
    private static final Pattern ISO = Pattern.compile("\\b((?:19|20)\\d\\d)[-/.](\\d{1,2})[-/.](\\d{1,2})\\b");
    private static final Pattern NUMERIC =
            Pattern.compile("\\b(\\d{1,2})\\s?[-/.]\\s?(\\d{1,2})\\s?[-/.]\\s?((?:19|20)\\d\\d|\\d\\d)\\b");
    private static final Pattern COMPACT = Pattern.compile("((?:19|20)\\d\\d)(\\d\\d)(\\d\\d).*");
    private static final List<String> MONTH_PREFIXES =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    /** A date and where in the text it stood. */
    record Found(LocalDate date, int start, int end) {}

    private Dates() {}

    /** A date of eight digits, as headers write it. */
    static @Nullable LocalDate compact(String value) {
        Matcher matcher = COMPACT.matcher(value.strip());
        return matcher.matches() ? date(matcher.group(1), matcher.group(2), matcher.group(3)) : null;
    }

    /** The first date in the text. */
    static @Nullable LocalDate first(String text) {
        Found found = find(text, false);
        return found == null ? null : found.date();
    }

    /** The first date in the text and where it stands; {@code dayFirst} reads {@code 1/2/2024} as the first of February. */
    static @Nullable Found find(String text, boolean dayFirst) {
        Found best = earlier(null, MONTH_FIRST.matcher(text), 3, 1, 2);
        best = earlier(best, DAY_FIRST.matcher(text), 3, 2, 1);
        best = earlier(best, ISO.matcher(text), 1, 2, 3);
        return dayFirst ? earlier(best, NUMERIC.matcher(text), 3, 2, 1) : earlier(best, NUMERIC.matcher(text), 3, 1, 2);
    }

    private static @Nullable Found earlier(@Nullable Found best, Matcher matcher, int year, int month, int day) {
        while (matcher.find()) {
            LocalDate date = date(matcher.group(year), matcher.group(month), matcher.group(day));
            if (date != null) {
                boolean first = best == null || matcher.start() < best.start();
                return first ? new Found(date, matcher.start(), matcher.end()) : best;
            }
        }
        return best;
    }

    private static @Nullable LocalDate date(String year, String month, String day) {
        try {
            int y = Integer.parseInt(year.replaceAll("\\s", ""));
            if (y < 100) {
                y += y < 70 ? 2000 : 1900;
            }
            return LocalDate.of(y, month(month), Integer.parseInt(day));
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private static int month(String month) {
        if (Character.isDigit(month.charAt(0))) {
            return Integer.parseInt(month);
        }
        return 1 + MONTH_PREFIXES.indexOf(month.substring(0, 3).toLowerCase(Locale.ROOT));
    }
}
