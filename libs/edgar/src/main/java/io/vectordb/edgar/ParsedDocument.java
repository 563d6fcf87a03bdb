package io.vectordb.edgar;

import java.util.List;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;

/**
 * A document's normalised text and what its inline XBRL says.
 *
 * @param title the HTML title, empty without one
 * @param text normalised text: lines that are paragraphs or rows of tables, no blank ones; single spaces
 */
record ParsedDocument(String title, String text, DeiFacts facts) {

    private static final Pattern HTML_TAG = Pattern.compile("<(?!(?i:page|table|caption|s|c|fn|f\\d)\\b)[A-Za-z]");

    /** {@code kind} is HTML or plain text. */
    static ParsedDocument parse(String content, ContentKind kind, boolean dashEscaped) {
        return switch (kind) {
            case ContentKind.Html html -> html(content, html.inline());
            case ContentKind.PlainText p ->
                new ParsedDocument("", Lines.join(PlainText.lines(content, dashEscaped)), DeiFacts.NONE);
            case ContentKind.Submission s -> throw new IllegalArgumentException("a submission is no document");
            case ContentKind.Rejected rejected -> throw new IllegalArgumentException(rejected.reason());
        };
    }

    private static ParsedDocument html(String content, boolean inline) {
        if (!inline && isShell(content)) {
            return new ParsedDocument("", Lines.join(PlainText.lines(content, false)), DeiFacts.NONE);
        }
        Document document = HtmlText.parse(content, inline);
        List<String> lines = HtmlText.lines(document);
        if (Lines.isBlank(lines) && inline) {
            document = HtmlText.parse(content, false);
            lines = HtmlText.lines(document);
        }
        DeiFacts facts = inline ? DeiFacts.of(document) : DeiFacts.NONE;
        return new ParsedDocument(document.title(), Lines.join(lines), facts);
    }

    /** Plain text that someone put between a few tags has a line feed where HTML would have elements. */
    private static boolean isShell(String content) {
        long lines = content.chars().filter(c -> c == '\n').count();
        long enough = lines / 20 + 1;
        return lines > 50 && HTML_TAG.matcher(content).results().limit(enough).count() < enough;
    }
}
