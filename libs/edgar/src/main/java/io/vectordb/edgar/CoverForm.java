package io.vectordb.edgar;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form a cover page names, as EDGAR spells it. */
final class CoverForm {

    private static final Set<String> FORMS = Set.of(
            "10-K",
            "10-K405",
            "10-KSB",
            "10-KSB40",
            "10-KT",
            "10-Q",
            "10-QSB",
            "10-QT",
            "8-K",
            "8-K12B",
            "8-K12G3",
            "8-K15D5",
            "20-F",
            "20-FR",
            "40-F",
            "6-K",
            "11-K",
            "11-KT",
            "10-D",
            "10-12B",
            "10-12G",
            "10",
            "SD",
            "S-1",
            "S-2",
            "S-3",
            "S-4",
            "S-6",
            "S-8",
            "S-11",
            "SB-1",
            "SB-2",
            "F-1",
            "F-3",
            "F-4",
            "F-6",
            "F-10",
            "N-1A",
            "N-2",
            "N-CSR",
            "N-CSRS",
            "N-Q",
            "N-14",
            "N-30D",
            "1-A",
            "1-K",
            "1-SA",
            "1-U",
            "8-A",
            "15",
            "25",
            "24F-2",
            "CB",
            "T-3",
            "ABS-15G",
            "ABS-EE",
            "ARS",
            "D");
    private static final Pattern FORM = Pattern.compile(
            "(?i)form\\s*:?\\s*((?:abs|n|s|f|sb|t)\\s?[-\\u2010-\\u2015]\\s?[a-z0-9]{1,4}|\\d{1,2}\\s?[-\\u2010-\\u2015]\\s?[a-z0-9]{1,5}|\\d{1,3}f-2|sd|cb|10)"
                    + "\\s*(/\\s?a(?![a-z]))?(?![a-z0-9])");
    private static final Pattern BARE = Pattern.compile("(?i)form\\s+((?:[345]|144|25|15)(?:/a)?)");
    private static final Pattern SCHEDULE =
            Pattern.compile("(?i)^\\W*schedule\\s+(13\\s?d|13\\s?g|13e-3|14\\s?a|14\\s?c|14\\s?d-9|to)(/a|\\b)");
    private static final Pattern AMENDMENT = Pattern.compile(
            "(?i)(?:^|[(\\s])amendment\\s+(?:no\\.?|number|#)\\s*(?:\\d|one|two|three|i)|^\\W*form\\s.{2,12}/\\s?a\\b");
    private static final Pattern PROSPECTUS =
            Pattern.compile("(?i)filed\\s+pursuant\\s+to\\s+rule\\s+(424|497)\\s?\\(([a-z])\\)(?:\\s?\\((\\d)\\))?");
    private static final Pattern CHECKED = Pattern.compile(
            "(?i)^\\W*(?:\\[\\s*[x\\u2713\\u2714]\\s*\\]|[\\u2611\\u2612\\u2714\\u2713\\u25A0xý]|\\(x\\))\\W*(.*)");
    private static final Map<String, String> REPORTS = Map.of(
            "annual report pursuant to section 13", "10-K",
            "quarterly report pursuant to section 13", "10-Q",
            "quarterly report under section 13", "10-Q",
            "annual report under section 13", "10-K",
            "current report pursuant to section 13", "8-K");

    private CoverForm() {}

    static @Nullable String of(List<String> lines) {
        String form = atLineStart(lines);
        form = form == null ? schedule(lines) : form;
        form = form == null ? prospectus(lines) : form;
        form = form == null ? anywhere(lines) : form;
        form = form == null ? byTitle(lines) : form;
        if (form == null
                || form.endsWith("/A")
                || form.contains("14A")
                || form.contains("14C")
                || form.startsWith("4")) {
            return form;
        }
        boolean amended = lines.stream()
                .limit(40)
                .anyMatch(line -> AMENDMENT.matcher(line).find() && line.length() < 80);
        return amended ? form + "/A" : form;
    }

    private static @Nullable String atLineStart(List<String> lines) {
        for (String line : lines) {
            String plain = line.replaceAll("^[^A-Za-z]+", "");
            Matcher bare = BARE.matcher(plain);
            if (bare.matches()) {
                return bare.group(1).toUpperCase(Locale.ROOT);
            }
            Matcher matcher = FORM.matcher(plain);
            if (matcher.lookingAt() && plain.length() < 120 && known(matcher) != null) {
                return known(matcher);
            }
        }
        return null;
    }

    private static @Nullable String anywhere(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = FORM.matcher(line);
            while (matcher.find()) {
                if (known(matcher) != null) {
                    return known(matcher);
                }
            }
        }
        return null;
    }

    private static @Nullable String known(Matcher matcher) {
        String form = CoverPage.normalise(matcher.group(1));
        if (!FORMS.contains(form)) {
            return null;
        }
        return matcher.group(2) == null ? form : form + "/A";
    }

    private static @Nullable String schedule(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = SCHEDULE.matcher(line);
            if (!matcher.find()) {
                continue;
            }
            String schedule = CoverPage.normalise(matcher.group(1)).replace(" ", "");
            return switch (schedule) {
                case "14A" -> proxy(lines, "14A");
                case "14C" -> proxy(lines, "14C");
                case "TO" -> null;
                default -> "SC " + schedule + (matcher.group(2).isEmpty() ? "" : "/A");
            };
        }
        return null;
    }

    /** Which of the boxes of a proxy statement's cover is checked; the box may stand on a line before its text. */
    private static @Nullable String proxy(List<String> lines, String schedule) {
        boolean before = false;
        for (String line : lines) {
            Matcher checked = CHECKED.matcher(line);
            boolean isChecked = checked.matches();
            String text = (isChecked ? checked.group(1) : line).toLowerCase(Locale.ROOT);
            if (isChecked || before) {
                if (text.contains("preliminary")) {
                    return "PRE " + schedule;
                }
                if (text.contains("definitive additional")) {
                    return "DEFA" + schedule;
                }
                if (text.contains("definitive")) {
                    return "DEF " + schedule;
                }
            }
            before = isChecked && text.isBlank();
        }
        return null;
    }

    private static @Nullable String prospectus(List<String> lines) {
        for (String line : lines.subList(0, Math.min(10, lines.size()))) {
            Matcher matcher = PROSPECTUS.matcher(line);
            if (matcher.find()) {
                String digit = matcher.group(3) == null ? "" : matcher.group(3);
                return (matcher.group(1) + (matcher.group(1).equals("497") ? "" : matcher.group(2) + digit))
                        .toUpperCase(Locale.ROOT);
            }
        }
        return null;
    }

    private static @Nullable String byTitle(List<String> lines) {
        for (String line : lines) {
            String lower = line.toLowerCase(Locale.ROOT);
            for (Map.Entry<String, String> report : REPORTS.entrySet()) {
                if (lower.contains(report.getKey())) {
                    return report.getValue();
                }
            }
        }
        return null;
    }
}
