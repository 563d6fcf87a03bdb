package io.vectordb.edgar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What bytes are, told by their content alone. */
sealed interface ContentKind {

    /** An SGML submission, or a document in the wrapper of one. */
    record Submission() implements ContentKind {}

    /** HTML; {@code inline} where it is XHTML with inline XBRL. */
    record Html(boolean inline) implements ContentKind {}

    record PlainText() implements ContentKind {}

    /** Nothing to read text from, with the reason. */
    record Rejected(String reason) implements ContentKind {}

    /** Looks at the first 64 KB. */
    static ContentKind of(byte[] bytes) {
        return Sniffer.sniff(bytes);
    }

    /** As {@link #of} for the decoded text of one document, which is HTML, plain text or rejected. */
    static ContentKind ofText(String text) {
        return Sniffer.sniffDocument(text);
    }

    /** The rules behind {@link #of}. */
    final class Sniffer {
        private static final int HEAD_BYTES = 64 << 10;

        private record Magic(String prefix, String name) {}

        private static final List<Magic> MAGIC = List.of(
                new Magic("%PDF", "PDF"),
                new Magic("PK\3\4", "ZIP archive or Office document"),
                new Magic("PK\5\6", "empty ZIP archive"),
                new Magic("\u0089PNG", "PNG image"),
                new Magic("\u00ff\u00d8\u00ff", "JPEG image"),
                new Magic("GIF8", "GIF image"),
                new Magic("II*\0", "TIFF image"),
                new Magic("MM\0*", "TIFF image"),
                new Magic("\u00d0\u00cf\u0011\u00e0", "Office document"),
                new Magic("\u001f\u008b", "gzip inside gzip"),
                new Magic("BZh", "bzip2 archive"),
                new Magic("\u00fd7zXZ", "xz archive"),
                new Magic("7z\u00bc\u00af", "7z archive"),
                new Magic("\u0028\u00b5\u002f\u00fd", "zstd archive"),
                new Magic("%!PS", "PostScript"),
                new Magic("{\\rtf", "RTF document"),
                new Magic("PAR1", "Parquet file"),
                new Magic("SQLite format 3", "SQLite database"));

        private static final Pattern SUBMISSION =
                Pattern.compile("(?m)^\\s*<(?:SEC-DOCUMENT|IMS-DOCUMENT|SEC-HEADER|IMS-HEADER|SUBMISSION|DOCUMENT)>");
        private static final Pattern PROLOG =
                Pattern.compile("\\G\\s*(?:<\\?.*?\\?>|<!--.*?-->|<![^>]*>)", Pattern.DOTALL);
        private static final Pattern TAG = Pattern.compile("\\G\\s*<([A-Za-z_][\\w.:-]*)");
        private static final Pattern HTML_TAG = Pattern.compile("(?i)<(?:html|body|head|!doctype\\s+html)\\b");
        private static final Pattern MARKUP =
                Pattern.compile("(?i)</(?:p|div|td|tr|font|b|span|center|a|h\\d)\\s*>|<(?:br|p|hr)\\b[^>]*>");
        private static final Pattern HTML_ROOT = Pattern.compile(
                "(?i)html|head|body|title|meta|link|div|p|font|center|span|a|b|i|u|hr|br|h[1-6]|pre|ul|ol|tr|td|strong|em|img|style");
        private static final Pattern VIEWER_PAGE =
                Pattern.compile("(?i)<(?:link|script)\\b[^>]{0,120}(?:report\\.css|Show\\.js)");
        private static final Pattern JSON = Pattern.compile("\\A(?:\\{\\s*[\"}]|\\[\\s*[\\[{\"\\]\\d-])");
        private static final Pattern DOCUMENT_TYPE =
                Pattern.compile("<(?:documentType|submissionType)>\\s*([^<]{1,30}?)\\s*<");

        private Sniffer() {}

        static ContentKind sniff(byte[] bytes) {
            String head = new String(bytes, 0, Math.min(bytes.length, HEAD_BYTES), StandardCharsets.ISO_8859_1);
            for (Magic magic : MAGIC) {
                if (head.startsWith(magic.prefix())) {
                    return new Rejected("not a filing: " + magic.name());
                }
            }
            if (isUtf16(head)) {
                head = new String(bytes, 0, head.length() & ~1, StandardCharsets.UTF_16);
            } else if (head.startsWith("\u00ef\u00bb\u00bf")) {
                head = head.substring(3);
            }
            if (isBinary(head)) {
                return new Rejected("not a filing: binary data");
            }
            String text = head.replace("\0", "").strip();
            return text.isEmpty()
                    ? new Rejected(bytes.length <= HEAD_BYTES ? "empty file" : "blank file")
                    : ofText(text);
        }

        static ContentKind sniffDocument(String content) {
            String text =
                    content.substring(0, Math.min(content.length(), HEAD_BYTES)).strip();
            if (text.isEmpty()) {
                return new Rejected("empty file");
            }
            if (isBinary(text) || JSON.matcher(text).find()) {
                return new Rejected("not a filing: data");
            }
            return text.startsWith("<") ? ofMarkup(text) : isHtml(text) ? new Html(isInline(text)) : new PlainText();
        }

        private static boolean isUtf16(String head) {
            return head.startsWith("\u00fe\u00ff") || head.startsWith("\u00ff\u00fe");
        }

        /** More than one control character in 20; a text with stray NULs is still a text. */
        private static boolean isBinary(String head) {
            int length = Math.min(head.length(), 8 << 10);
            long controls = head.substring(0, length)
                    .chars()
                    .filter(c -> c < ' ' && (c < '\t' || c > '\r') && c != 0x1A)
                    .count();
            return controls * 20 > length;
        }

        private static ContentKind ofText(String text) {
            if (text.startsWith("-----BEGIN PRIVACY")
                    || SUBMISSION.matcher(text).find() && !startsAsXml(text)) {
                return new Submission();
            }
            if (JSON.matcher(text).find()) {
                return new Rejected("not a filing: JSON");
            }
            if (text.startsWith("<")) {
                return ofMarkup(text);
            }
            return isHtml(text) ? new Html(isInline(text)) : ofPlain(text);
        }

        private static boolean startsAsXml(String text) {
            return text.startsWith("<?xml") || text.regionMatches(true, 0, "<html", 0, 5);
        }

        private static ContentKind ofMarkup(String text) {
            Matcher prolog = PROLOG.matcher(text);
            int at = 0;
            while (prolog.find()) {
                at = prolog.end();
            }
            Matcher tag = TAG.matcher(text);
            if (!tag.find(at)) {
                return isHtml(text) ? new Html(isInline(text)) : ofPlain(text);
            }
            String root = tag.group(1);
            String local = root.substring(root.indexOf(':') + 1);
            if (HTML_ROOT.matcher(local).matches()) {
                if (VIEWER_PAGE.matcher(text).find()) {
                    return new Rejected("page of the XBRL viewer: rendered facts, no text");
                }
                return new Html(isInline(text));
            }
            boolean xml = text.startsWith("<?xml") || text.contains("xmlns");
            if (xml || local.equals("ownershipDocument") || local.equals("edgarSubmission")) {
                return new Rejected(describeXml(local, text));
            }
            return isHtml(text) ? new Html(false) : new PlainText();
        }

        private static String describeXml(String root, String text) {
            Matcher type = DOCUMENT_TYPE.matcher(text);
            String form = type.find() ? " of form " + type.group(1) : "";
            return switch (root) {
                case "xbrl" -> "XBRL instance: facts, no text";
                case "linkbase" -> "XBRL linkbase: relations between concepts, no text";
                case "schema" -> "XML schema: definitions, no text";
                case "ownershipDocument" -> "ownership report" + form + ": structured data, no text";
                case "edgarSubmission" -> "EDGAR XML" + form + ": structured data, no text";
                case "informationTable" -> "13F information table: structured data, no text";
                case "FilingSummary" -> "filing summary of the XBRL viewer: no text";
                default -> "not a filing: XML with the root <" + Reasons.oneLine(root) + ">";
            };
        }

        private static boolean isHtml(String text) {
            if (HTML_TAG.matcher(text).find()) {
                return true;
            }
            return MARKUP.matcher(text).results().limit(6).count() >= 6;
        }

        private static boolean isInline(String text) {
            return text.contains("http://www.xbrl.org/2013/inlineXBRL")
                    || text.contains("http://www.xbrl.org/2008/inlineXBRL")
                    || text.toLowerCase(Locale.ROOT).contains("<ix:header");
        }

        private static ContentKind ofPlain(String text) {
            List<String> lines = text.lines().limit(20).toList();
            if (isTable(lines, '\t')) {
                return new Rejected("not a filing: table with tab-separated values");
            }
            if (isTable(lines, ',')) {
                return new Rejected("not a filing: table with comma-separated values");
            }
            return new PlainText();
        }

        /** Whether all lines but the last, which the head may cut, hold the same two or more separators. */
        private static boolean isTable(List<String> lines, char separator) {
            long expected = separators(lines.getFirst(), separator);
            if (expected < 2 || lines.getFirst().startsWith(" ")) {
                return false;
            }
            List<String> whole = lines.size() > 2 ? lines.subList(0, lines.size() - 1) : lines;
            return whole.stream().allMatch(line -> separators(line, separator) == expected);
        }

        private static long separators(String line, char separator) {
            boolean quoted = false;
            long count = 0;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == '"') {
                    quoted = !quoted;
                } else if (c == separator && !quoted) {
                    count++;
                }
            }
            return count;
        }
    }
}
