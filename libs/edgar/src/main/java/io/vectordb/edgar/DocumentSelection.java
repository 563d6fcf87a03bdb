package io.vectordb.edgar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The documents of a submission that are text, parsed, and a count of those that are not. */
final class DocumentSelection {

    /** A document with text. */
    record Text(Submission.Part part, ParsedDocument document) {}

    private static final Pattern WRAPPER =
            Pattern.compile("\\A\\s*<(XBRL|XML|PDF|JSON|HTML-WRAPPER)>\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern UUENCODED = Pattern.compile("\\A\\s*begin [0-7]{3} \\S");
    private static final Pattern DATA_SCHEDULE = Pattern.compile("<(?:ARTICLE|MULTIPLIER|FDS|LEGEND)>");
    private static final Pattern VIEWER_PAGE = Pattern.compile("(?i)(?:R\\d+\\.html?|Show\\.js|report\\.css)");

    private final List<Text> texts = new ArrayList<>();
    private final Map<String, Integer> others = new TreeMap<>();

    DocumentSelection(byte[] bytes, Submission submission, long maxDocumentBytes) {
        for (Submission.Part part : submission.parts()) {
            String other = add(bytes, part, submission.dashEscaped(), maxDocumentBytes);
            if (other != null) {
                others.merge(other, 1, Integer::sum);
            }
        }
    }

    List<Text> texts() {
        return texts;
    }

    /** What a submission without text holds. */
    String describe(@Nullable String form) {
        String subject = form == null ? "submission" : "form " + form;
        if (others.isEmpty()) {
            return subject + ": no documents";
        }
        String list = others.entrySet().stream()
                .map(other -> other.getValue() + " " + other.getKey())
                .collect(Collectors.joining(", "));
        return subject + ": no text document (" + list + ")";
    }

    /** Adds the document if it is text, else says what it is. */
    private @Nullable String add(byte[] bytes, Submission.Part part, boolean dashEscaped, long maxDocumentBytes) {
        String byType = dataType(part);
        if (byType != null) {
            return byType;
        }
        if (part.to() - part.from() > maxDocumentBytes) {
            return "over " + Content.megabytes(maxDocumentBytes);
        }
        String content = Characters.decode(Arrays.copyOfRange(bytes, part.from(), part.to()));
        Matcher wrapper = WRAPPER.matcher(content);
        if (wrapper.find()) {
            if (!wrapper.group(1).equalsIgnoreCase("XBRL")) {
                return wrapper.group(1).toUpperCase(Locale.ROOT);
            }
            content = content.substring(wrapper.end());
        }
        if (UUENCODED.matcher(content).find()) {
            return "encoded file";
        }
        if (part.type() != null
                && part.type().startsWith("EX-27")
                && DATA_SCHEDULE.matcher(content).find()) {
            return "financial data schedule";
        }
        return addText(part, content, dashEscaped);
    }

    private @Nullable String addText(Submission.Part part, String content, boolean dashEscaped) {
        ContentKind kind = ContentKind.ofText(content);
        if (kind instanceof ContentKind.Rejected rejected) {
            return rejected.reason().startsWith("empty") ? "empty" : "data";
        }
        ParsedDocument document = ParsedDocument.parse(content, kind, dashEscaped);
        if (document.text().isEmpty()) {
            return "empty";
        }
        texts.add(new Text(part, document));
        return null;
    }

    private static @Nullable String dataType(Submission.Part part) {
        String type = part.type() == null ? "" : part.type().toUpperCase(Locale.ROOT);
        String name = part.filename() == null ? "" : part.filename().toLowerCase(Locale.ROOT);
        if (type.startsWith("EX-101") || type.startsWith("EX-100")) {
            return "XBRL";
        }
        return switch (type) {
            case "GRAPHIC", "XML", "EXCEL", "ZIP", "JSON", "PDF" -> type;
            default -> {
                if (VIEWER_PAGE.matcher(name).matches()) {
                    yield "viewer page";
                }
                yield name.matches(".*\\.(?:jpe?g|gif|png|pdf|xlsx?|zip|xsd|json|css|js)") ? "data" : null;
            }
        };
    }
}
