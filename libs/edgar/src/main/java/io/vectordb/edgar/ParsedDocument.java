package io.vectordb.edgar;

import java.util.List;
import org.jsoup.nodes.Document;

/**
 * A document's normalised text and what its inline XBRL says.
 *
 * @param title the HTML title, empty without one
 * @param text normalised text: lines that are paragraphs or rows of tables, no blank ones; single spaces
 */
record ParsedDocument(String title, String text, DeiFacts facts) {

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
        Document document = HtmlText.parse(content, inline);
        List<String> lines = HtmlText.lines(document);
        if (Lines.isBlank(lines) && inline) {
            document = HtmlText.parse(content, false);
            lines = HtmlText.lines(document);
        }
        DeiFacts facts = inline ? DeiFacts.of(document) : DeiFacts.NONE;
        return new ParsedDocument(document.title(), Lines.join(lines), facts);
    }
}
