package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the items of a 10-K, 10-Q, 8-K or 20-F in normalised text.
 *
 * <p>Every line that may be a heading is a candidate. In forms whose items have a fixed order the headings are the chain of
 * candidates in that order with the greatest weight, where fitting titles and following text weigh, and entries of a table
 * of contents hardly do: so the contents and references at the start of a line lose against the headings themselves.
 */
final class Sections {

    /** Text from one heading to the next; {@code label} is null before the first heading and from the signatures on. */
    record Section(@Nullable String label, int from, int to) {}

    private record Line(int from, int to) {}

    private record Candidate(int position, int line, int from, boolean titled) {}

    private static final int MAX_CANDIDATES = 1_500;
    private static final int CONTENTS_GAP = 330;
    private static final int CONTENTS_RUN = 4;
    private static final int LINE_CHARS = 400;
    private static final int HEADING_CHARS = 240;

    private static final Pattern ITEM = Pattern.compile(
            "(?i)^[|\\s\"\\u2022*#(]*(?:part\\s+(iv|iii|ii|i)\\b[\\s,.:;|\\u2013\\u2014-]*)?items?(?![a-z])[\\s.|:#\\u2013\\u2014-]*(?:no\\.?\\s*)?(\\d{1,2})(?!\\d)");
    private static final Pattern DECIMAL = Pattern.compile(
            "(?i)\\G\\s?\\.\\s?(\\d{2})(?!\\d)(?:\\s?\\([a-z]\\)(?:,|\\s?and)?)*(?:\\s*(?:,|and|&)+\\s*(?:item\\s*)?\\d\\.\\d{2}(?!\\d)(?:\\s?\\([a-z]\\))*)*");
    private static final Pattern LETTER = Pattern.compile(
            "\\G(?:[\\s|]?\\(?([A-K])\\)?(?:\\s?\\(T\\))?(?=[\\s.:;|\\u2013\\u2014-]|$)|([A-K])(?=[A-Z][a-z]))",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PART = Pattern.compile("(?i)^[|\\s*]*part\\s+(iv|iii|ii|i|[1-4])\\b(.{0,60})$");
    private static final Pattern SIGNATURES =
            Pattern.compile("(?i)^\\W*signatures?(?:\\s+page)?\\W*(?:\\(.*\\))?\\W*$");
    private static final Pattern LEADING = Pattern.compile("^[\\s.:;|)\\u2013\\u2014*-]+");
    private static final Pattern REFERENCE = Pattern.compile(
            "(?i)^(?:[,\"\\u201C\\u201D'\\u2019(]|of\\b|and\\b|above\\b|below\\b|in\\b|to\\b|or\\b|is\\b|are\\b|was\\b|shall\\b|herein\\b|hereof\\b|as\\b|will\\b|for\\b|under\\b|on\\b)");
    private static final Pattern PAGE_AT_END = Pattern.compile(".*[\\s|.]\\d{1,3}$");

    private final String text;
    private final ItemForm form;
    private final List<Line> lines = new ArrayList<>();
    private final List<Candidate> candidates = new ArrayList<>();

    private Sections(String text, ItemForm form) {
        this.text = text;
        this.form = form;
    }

    /** The sections of a text in order, together all of it; one without label for types without items. */
    static List<Section> of(String text, @Nullable String type) {
        ItemForm form = ItemForm.of(type);
        if (form == null) {
            return text.isEmpty() ? List.of() : List.of(new Section(null, 0, text.length()));
        }
        Sections sections = new Sections(text, form);
        sections.collectLines();
        sections.collectCandidates();
        return sections.cut(form == ItemForm.CURRENT ? sections.currentItems() : sections.bestChain());
    }

    private void collectLines() {
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            lines.add(new Line(from, end));
            from = end + 1;
        }
    }

    /** The beginning of a line, more than enough for a heading. */
    private String line(int index) {
        if (index >= lines.size()) {
            return "";
        }
        Line line = lines.get(index);
        return text.substring(line.from(), Math.min(line.to(), line.from() + LINE_CHARS));
    }

    private void collectCandidates() {
        String part = "";
        for (int i = 0; i < lines.size() && candidates.size() < MAX_CANDIDATES; i++) {
            String head = line(i);
            Matcher partLine = PART.matcher(head);
            if (partLine.find()) {
                part = roman(partLine.group(1));
            }
            Matcher item = ITEM.matcher(head);
            if (item.find()) {
                part = item.group(1) == null ? part : roman(item.group(1));
                candidate(i, head, item, part);
            }
        }
    }

    private static String roman(String part) {
        return switch (part.toUpperCase(Locale.ROOT)) {
            case "1", "I" -> "Part I";
            case "2", "II" -> "Part II";
            default -> "";
        };
    }

    private void candidate(int index, String head, Matcher item, String part) {
        Matcher suffix = (form == ItemForm.CURRENT ? DECIMAL : LETTER).matcher(head);
        String label = item.group(2).replaceFirst("^0(?=\\d)", "");
        int end = item.end();
        if (suffix.find(end)) {
            String sub = suffix.group(1) == null ? suffix.group(2) : suffix.group(1);
            String longer = form == ItemForm.CURRENT ? label + '.' + sub : label + sub.toUpperCase(Locale.ROOT);
            if (isItem(longer)) {
                label = longer;
                end = suffix.end();
            }
        }
        String rest =
                LEADING.matcher(head.substring(Math.min(end, head.length()))).replaceFirst("");
        boolean ownTitle = !rest.isEmpty();
        String title = ownTitle ? rest : LEADING.matcher(line(index + 1)).replaceFirst("");
        int position = position(label, title, part);
        if (position < 0) {
            return;
        }
        boolean titled = form.hasTitle(position, title);
        boolean isReference = ownTitle
                && (REFERENCE.matcher(head.substring(end).stripLeading()).find()
                        || REFERENCE.matcher(rest).find());
        boolean isHeading = !ownTitle || Character.isUpperCase(rest.charAt(0)) || "[(".indexOf(rest.charAt(0)) >= 0;
        boolean isShort = lines.get(index).to() - lines.get(index).from() <= HEADING_CHARS;
        if (!isReference && (titled || isHeading && isShort)) {
            candidates.add(new Candidate(position, index, start(index), titled));
        }
    }

    private boolean isItem(String label) {
        return form.position(label) >= 0 || form == ItemForm.QUARTERLY && form.position("Part II " + label) >= 0;
    }

    /** In a 10-Q the title tells the part, else the last heading of a part does. */
    private int position(String label, String title, String part) {
        if (form != ItemForm.QUARTERLY) {
            return form.position(label);
        }
        int first = form.position("Part I " + label);
        int second = form.position("Part II " + label);
        if (first < 0 || second < 0) {
            return Math.max(first, second);
        }
        boolean fitsFirst = form.hasTitle(first, title);
        boolean fitsSecond = form.hasTitle(second, title);
        if (fitsFirst != fitsSecond) {
            return fitsFirst ? first : second;
        }
        return part.equals("Part II") ? second : first;
    }

    /** A heading "PART II" directly before belongs to the item. */
    private int start(int index) {
        for (int i = index - 1; i >= Math.max(0, index - 2); i--) {
            if (PART.matcher(line(i)).matches()) {
                return lines.get(i).from();
            }
            if (lines.get(i).to() - lines.get(i).from() > 60
                    || ITEM.matcher(line(i)).find()) {
                break;
            }
        }
        return lines.get(index).from();
    }

    /** An 8-K has items in any order; since 2004 their numbers have a point, and others belong to quoted forms. */
    private List<Candidate> currentItems() {
        List<Candidate> decimal = candidates.stream()
                .filter(candidate -> form.label(candidate.position()).contains("."))
                .toList();
        return decimal.isEmpty() ? candidates : decimal;
    }

    private List<Candidate> bestChain() {
        int n = candidates.size();
        boolean[] contents = contents();
        double[] best = new double[n];
        int[] previous = new int[n];
        int last = -1;
        for (int i = 0; i < n; i++) {
            previous[i] = -1;
            double own = weight(i, contents[i]);
            best[i] = own;
            for (int j = 0; j < i; j++) {
                int step = candidates.get(i).position() - candidates.get(j).position();
                double gain = step > 0 ? own : step == 0 && !contents[j] ? Math.min(own, 0.1) : -1;
                if (gain >= 0 && best[j] + gain >= best[i]) {
                    best[i] = best[j] + gain;
                    previous[i] = j;
                }
            }
            last = last < 0 || best[i] >= best[last] ? i : last;
        }
        List<Candidate> chain = new ArrayList<>();
        for (int i = last; i >= 0; i = previous[i]) {
            chain.addFirst(candidates.get(i));
        }
        return chain;
    }

    private double weight(int index, boolean contents) {
        if (contents) {
            return 0.01;
        }
        Candidate candidate = candidates.get(index);
        int end = index + 1 < candidates.size() ? candidates.get(index + 1).from() : text.length();
        double length = Math.min(end - candidate.from(), 3_000) / 3_000.0;
        return (candidate.titled() ? 2 : 0.5) + length;
    }

    /** Candidates that stand close to each other and whose items come again later. */
    private boolean[] contents() {
        int n = candidates.size();
        boolean[] contents = new boolean[n];
        int from = 0;
        while (from < n) {
            int to = from + 1;
            while (to < n && candidates.get(to).from() - candidates.get(to - 1).from() < CONTENTS_GAP) {
                to++;
            }
            if (to - from >= CONTENTS_RUN && comesAgain(from, to)) {
                for (int i = from; i < to; i++) {
                    contents[i] = true;
                }
                // The last entry of the contents may be followed directly by the first heading of the text.
                unmarkRestart(contents, from, to);
            }
            from = to;
        }
        for (int i = 0; i < n; i++) {
            contents[i] |= PAGE_AT_END.matcher(line(candidates.get(i).line())).matches() && comesAgain(i, i + 1);
        }
        return contents;
    }

    private void unmarkRestart(boolean[] contents, int from, int to) {
        for (int i = to - 1; i > from && i >= to - 3; i--) {
            if (candidates.get(i).position() < candidates.get(i - 1).position() && !comesAgain(i, i + 1)) {
                for (int j = i; j < to; j++) {
                    contents[j] = false;
                }
                return;
            }
        }
    }

    private boolean comesAgain(int from, int to) {
        Set<Integer> later = new HashSet<>();
        for (Candidate candidate : candidates.subList(to, candidates.size())) {
            later.add(candidate.position());
        }
        long again = candidates.subList(from, to).stream()
                .filter(candidate -> later.contains(candidate.position()))
                .count();
        return again * 2 >= to - from && again > 0;
    }

    private List<Section> cut(List<Candidate> headings) {
        List<Section> sections = new ArrayList<>();
        int from = 0;
        String label = null;
        for (Candidate heading : headings) {
            if (heading.from() > from) {
                sections.add(new Section(label, from, heading.from()));
            }
            from = Math.max(from, heading.from());
            label = form.label(heading.position());
        }
        int signatures = headings.isEmpty() ? -1 : signatures(headings.getLast().line());
        if (signatures > from) {
            sections.add(new Section(label, from, signatures));
            from = signatures;
            label = null;
        }
        if (from < text.length()) {
            sections.add(new Section(label, from, text.length()));
        }
        return merged(sections);
    }

    /** Neighbours with one label are one section: running heads repeat headings. */
    private static List<Section> merged(List<Section> sections) {
        List<Section> merged = new ArrayList<>();
        for (Section section : sections) {
            Section last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.label() != null && last.label().equals(section.label())) {
                merged.set(merged.size() - 1, new Section(last.label(), last.from(), section.to()));
            } else {
                merged.add(section);
            }
        }
        return List.copyOf(merged);
    }

    private int signatures(int afterLine) {
        for (int i = afterLine + 1; i < lines.size(); i++) {
            if (SIGNATURES.matcher(line(i)).matches()) {
                return lines.get(i).from();
            }
        }
        return -1;
    }
}
