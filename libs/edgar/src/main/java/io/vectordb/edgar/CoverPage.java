package io.vectordb.edgar;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Form, registrant and period as the cover page of a document prints them.
 *
 * <p>Only the captions the SEC's forms prescribe are trusted, such as "(Exact name of registrant as specified in its
 * charter)" below the name; without them the value is null.
 */
record CoverPage(
        @Nullable String form,
        @Nullable String company,
        @Nullable LocalDate period) {

    private static final int MAX_LINES = 160;
    private static final int LINE_CHARS = 600;
    private static final int FORM_LINES = 60;
    private static final int NAME_CHARS = 150;

    private static final Pattern NAME_CAPTION =
            Pattern.compile("(?i)[\\[(]?\\s*(?:exact\\s+)?(?:legal\\s+)?names?\\s+of\\s+(?:the\\s+|each\\s+)?"
                    + "(?:registrants?|(?:small\\s+business\\s+)?issuer|subject\\s+company|company|filer|co-?registrant|depositor|issuing\\s+entity)"
                    + "(?:\\(s\\))?(?:\\s+(?:as|in)\\b.*|\\s*[)\\]:].*|$)"
                    + "|[\\[(]\\s*(?:registrant(?:['\\u2019]?s)?(?:\\s+name)?|issuer)\\s*[)\\]].*");
    private static final Pattern NOT_A_NAME = Pattern.compile(
            "(?i).*(?:commission\\s+file|file\\s+(?:no|number)|date\\s+of\\s+(?:earliest|report|event)|\\bform\\s+\\d|"
                    + "for\\s+the\\s+(?:fiscal|quarter|transition|month|year)|\\(?mark\\s+one|act\\s+of\\s+19|washington,?\\s+d\\.?c"
                    + "|pursuant\\s+to|^report\\b|^current\\s+report|period\\s+(?:ended|from)|\\(amendment|^\\(|^\\d{1,2}\\s?[.(]|\\||^amendment\\s+no|^or$|^to$).*");
    private static final Pattern NAME_TAIL = Pattern.compile(
            "(?i)(?:inc|corp(?:oration)?|company|co|ltd|limited|llc|l\\.l\\.c|lp|l\\.p|plc|trust|n\\.v|s\\.a)\\.?");
    private static final Pattern COMPANY_WORD = Pattern.compile(
            "(?i).*\\b(?:inc|incorporated|corp|corporation|company|co|ltd|limited|llc|l\\.l\\.c|lp|l\\.p|plc|trust|n\\.v|s\\.a|ag|fund|partners(?:hip)?|bancorp|group|holdings?)\\b.*");
    private static final Pattern FILE_NUMBER = Pattern.compile("\\d{1,3}-\\d{3,7}(?:-\\d{1,3})?");
    private static final Pattern TABLE_CAPTION = Pattern.compile(
            "(?i).*(?:commission\\s+file.*\\bname\\s+of\\s+registrant|registrants?[,;]\\s+state\\s+of|name\\s+of\\s+registrant[,;]\\s+state).*");

    private static final Pattern PERIOD_CAPTION = Pattern.compile(
            "(?i)(?:for\\s+)?(?:the\\s+)?(?:fiscal\\s+|calendar\\s+)?"
                    + "(?:year|quarter(?:ly)?|period|(?:fifty|52|53)\\S*\\s+weeks)(?:\\s+period)?\\s+(?:ended|ending)\\b");
    private static final Pattern EVENT_CAPTION =
            Pattern.compile("(?i)date\\s+of\\s+(?:report|earliest\\s+event|event)");
    private static final Pattern TRANSITION = Pattern.compile(
            "(?i)(?:for\\s+the\\s+)?transition\\s+period\\s+(?:from|beginning)(.{1,60}?)\\s*\\b(?:to|ending|through)\\b");

    static CoverPage of(String text) {
        List<String> lines = text.lines()
                .limit(MAX_LINES)
                .map(line -> line.substring(0, Math.min(line.length(), LINE_CHARS)))
                .toList();
        String form = CoverForm.of(lines.subList(0, Math.min(FORM_LINES, lines.size())));
        return new CoverPage(form, company(lines), period(lines, form));
    }

    private static @Nullable String company(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (TABLE_CAPTION.matcher(line).matches()) {
                String name = fromTable(lines, i);
                if (name != null) {
                    return name;
                }
                continue;
            }
            Matcher caption = NAME_CAPTION.matcher(line);
            if (!caption.find() || caption.start() > NAME_CHARS) {
                continue;
            }
            String name = beside(line, caption);
            name = name == null ? above(lines, i) : name;
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    /** The name before the caption on its line, or behind a colon after it. */
    private static @Nullable String beside(String line, Matcher caption) {
        String before = name(line.substring(0, caption.start()));
        if (before != null) {
            return before;
        }
        int colon = caption.group().lastIndexOf(':');
        return colon < 0 ? null : name(caption.group().substring(colon + 1));
    }

    private static @Nullable String above(List<String> lines, int caption) {
        for (int i = caption - 1; i >= Math.max(0, caption - 3); i--) {
            String name = name(lines.get(i));
            if (name == null) {
                continue;
            }
            boolean isTail = NAME_TAIL.matcher(name).matches() || name.startsWith("&");
            String head = isTail && i > 0 ? name(lines.get(i - 1)) : null;
            return head == null ? name : head + ' ' + name;
        }
        return null;
    }

    /** Combined filings list file number, name and tax number in columns: the first cell that reads like a company. */
    private static @Nullable String fromTable(List<String> lines, int caption) {
        for (int i = caption + 1; i < Math.min(lines.size(), caption + 12); i++) {
            for (String cell : lines.get(i).split(" \\| ")) {
                String name = FILE_NUMBER.matcher(cell).find() ? null : name(cell);
                if (name != null && COMPANY_WORD.matcher(name).matches()) {
                    return name;
                }
            }
        }
        return null;
    }

    private static @Nullable String name(String candidate) {
        String name = candidate
                .replaceAll("[|\\s:]+$", "")
                .replaceAll("^[|\\s\"\\u201C]+", "")
                .replaceAll("[\"\\u201D_.\\s]{3,}$", "");
        boolean isName = !name.isEmpty()
                && name.length() <= NAME_CHARS
                && name.chars().filter(Character::isLetter).count() >= 2
                && !NOT_A_NAME.matcher(name).matches()
                && !isDate(name);
        return isName ? name : null;
    }

    private static boolean isDate(String line) {
        Dates.Found found = Dates.find(line, false);
        return found != null && found.end() - found.start() > line.length() / 2;
    }

    private static @Nullable LocalDate period(List<String> lines, @Nullable String form) {
        String base = form == null ? "" : form.replace("/A", "");
        return switch (base) {
            case "8-K", "SC 13D", "SC 13G" -> captioned(lines, EVENT_CAPTION, true);
            case "6-K" -> alone(lines);
            default -> {
                LocalDate ended = captioned(lines, PERIOD_CAPTION, false);
                yield ended != null ? ended : transition(lines);
            }
        };
    }

    /** The date after the caption on its line or one of the next two, or where forms put the caption below, above it. */
    private static @Nullable LocalDate captioned(List<String> lines, Pattern caption, boolean above) {
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = caption.matcher(lines.get(i));
            if (!matcher.find()) {
                continue;
            }
            LocalDate date = Dates.first(lines.get(i).substring(matcher.end()));
            for (int j = i + 1; date == null && j <= Math.min(i + 2, lines.size() - 1); j++) {
                date = isDate(lines.get(j)) ? Dates.first(lines.get(j)) : null;
            }
            for (int j = i; date == null && above && j >= Math.max(0, i - 2); j--) {
                date = j == i ? Dates.first(lines.get(j)) : isDate(lines.get(j)) ? Dates.first(lines.get(j)) : null;
            }
            if (date != null) {
                return date;
            }
        }
        return null;
    }

    private static @Nullable LocalDate transition(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = TRANSITION.matcher(line);
            LocalDate to = matcher.find() ? Dates.first(line.substring(matcher.end())) : null;
            if (to != null) {
                return to;
            }
        }
        return null;
    }

    private static @Nullable LocalDate alone(List<String> lines) {
        for (String line : lines.subList(0, Math.min(25, lines.size()))) {
            if (isDate(line)) {
                return Dates.first(line);
            }
        }
        return null;
    }

    /** Upper case with plain hyphens and no blanks around them. */
    static String normalise(String form) {
        return form.toUpperCase(Locale.ROOT)
                .replaceAll("[\\u2010-\\u2015]", "-")
                .replaceAll("\\s*-\\s*", "-")
                .replaceAll("\\s*/\\s*", "/")
                .strip();
    }
}
