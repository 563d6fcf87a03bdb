package io.vectordb.edgar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/**
 * The visible text of an HTML document, line by line.
 *
 * <p>Blocks end a line, the cells of a row are kept on one with {@code " | "} between them. A row that is rather a layout
 * (one cell, or more than {@value #ROW_CHARS} characters) keeps the lines of its cells. Not read: scripts, styles, the
 * inline XBRL header and what {@code display:none} hides.
 *
 * <p>Inline XBRL is XHTML and parsed as XML, so that facts around rows and cells stay where they are; the HTML parser
 * would move them out of their tables. The depth of the tree is bounded and no step recurses.
 */
final class HtmlText implements NodeFilter {

    private static final int MAX_DEPTH = 512;
    private static final int MAX_TABLE_DEPTH = 8;
    private static final int ROW_CHARS = 800;
    private static final char CELL = '\uE000';
    private static final char SOFT_BREAK = '\uE001';
    private static final Set<String> DROPPED = Set.of(
            "script",
            "style",
            "head",
            "ix:header",
            "ix:hidden",
            "noscript",
            "template",
            "title",
            "svg",
            "iframe",
            "object");
    private static final Set<String> BLOCKS = Set.of(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
            "li",
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "tbody",
            "tfoot",
            "thead",
            "ul",
            "page");
    private static final Pattern HIDDEN = Pattern.compile("(?i)display\\s*:\\s*none");
    private static final Pattern PAGE_BREAK =
            Pattern.compile("(?i)(?:page-break-(?:before|after)|break-(?:before|after))\\s*:\\s*(?:always|page)");

    private final StringBuilder out = new StringBuilder();
    private final Deque<Integer> rows = new ArrayDeque<>();
    private final boolean showHidden;

    private HtmlText(boolean showHidden) {
        this.showHidden = showHidden;
    }

    /** Parses a document, as XML where it is XHTML with inline XBRL. */
    static Document parse(String html, boolean inline) {
        Parser parser = (inline ? Parser.xmlParser() : Parser.htmlParser()).setMaxDepth(MAX_DEPTH);
        return parser.parseInput(html, "");
    }

    /** The lines of a document, a form feed alone where a page ends. A document with nothing but hidden text shows that. */
    static List<String> lines(Document document) {
        List<String> lines = lines(document, false);
        return Lines.isBlank(lines) ? lines(document, true) : lines;
    }

    private static List<String> lines(Document document, boolean showHidden) {
        HtmlText text = new HtmlText(showHidden);
        NodeTraversor.filter(text, document);
        while (!text.rows.isEmpty()) {
            text.endRow();
        }
        return Lines.of(text.out);
    }

    @Override
    public FilterResult head(Node node, int depth) {
        if (node instanceof TextNode text) {
            append(text.getWholeText());
            return FilterResult.CONTINUE;
        }
        if (!(node instanceof Element element)) {
            return FilterResult.CONTINUE;
        }
        String name = nameOf(element);
        if (DROPPED.contains(name)) {
            return FilterResult.SKIP_ENTIRELY;
        }
        String style = element.attr("style");
        if (!style.isEmpty()) {
            if (!showHidden && HIDDEN.matcher(style).find()) {
                return FilterResult.SKIP_ENTIRELY;
            }
            if (PAGE_BREAK.matcher(style).find() && rows.isEmpty()) {
                pageBreak();
            }
        }
        return enter(element, name);
    }

    private FilterResult enter(Element element, String name) {
        switch (name) {
            case "br" -> lineBreak();
            case "tr" -> startRow();
            case "td", "th" -> cell();
            case "pre" -> {
                preformatted(element);
                return FilterResult.SKIP_ENTIRELY;
            }
            case "page" -> pageBreak();
            default -> {
                if (BLOCKS.contains(name)) {
                    lineBreak();
                }
            }
        }
        return FilterResult.CONTINUE;
    }

    @Override
    public FilterResult tail(Node node, int depth) {
        if (node instanceof Element element) {
            String name = nameOf(element);
            if (name.equals("tr")) {
                endRow();
            } else if (BLOCKS.contains(name)) {
                lineBreak();
            }
        }
        return FilterResult.CONTINUE;
    }

    private static String nameOf(Element element) {
        String name = element.tagName().toLowerCase(Locale.ROOT);
        return name.startsWith("xhtml:") || name.startsWith("html:") ? name.substring(name.indexOf(':') + 1) : name;
    }

    private void preformatted(Element element) {
        lineBreak();
        for (String line : PlainText.lines(element.wholeText(), false)) {
            append(line);
            lineBreak();
        }
    }

    private void append(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = Characters.cleanAt(text, i);
            if (c == ' ') {
                if (!out.isEmpty() && !isSpace(out.charAt(out.length() - 1))) {
                    out.append(' ');
                }
            } else if (c != 0) {
                out.append(c);
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == CELL || c == SOFT_BREAK || c == '\f';
    }

    private void lineBreak() {
        char wanted = rows.isEmpty() ? '\n' : SOFT_BREAK;
        if (!out.isEmpty() && !isBreak(out.charAt(out.length() - 1))) {
            out.append(wanted);
        }
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == SOFT_BREAK;
    }

    private void pageBreak() {
        if (rows.isEmpty()) {
            lineBreak();
            out.append("\f\n");
        }
    }

    private void startRow() {
        lineBreak();
        if (rows.size() < MAX_TABLE_DEPTH) {
            rows.push(out.length());
        } else {
            rows.push(-1);
        }
    }

    private void cell() {
        if (rows.isEmpty() || rows.getFirst() < 0) {
            lineBreak();
        } else {
            out.append(CELL);
        }
    }

    private void endRow() {
        if (rows.isEmpty()) {
            lineBreak();
            return;
        }
        int from = rows.pop();
        if (from >= 0) {
            String row = TableRow.join(out.substring(from), CELL, SOFT_BREAK, ROW_CHARS);
            out.setLength(from);
            out.append(rows.isEmpty() ? row : row.replace('\n', SOFT_BREAK));
        }
        lineBreak();
    }
}
