package io.vectordb.edgar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One submission in EDGAR's SGML: a header and documents.
 *
 * <p>Source: EDGAR Filer Manual and "Public Dissemination Service Technical Specification"; the same outline since 1993.
 * Tags are not closed, so a value ends at the next tag or line. Documents are found by their {@code <DOCUMENT>} lines and
 * end at {@code </DOCUMENT>}, at the next document, or with the file where it is cut.
 *
 * @param header parsed header; all null for a document in its wrapper without a submission around it
 * @param from first byte in the file
 * @param to byte behind the last
 * @param dashEscaped whether it came in a privacy-enhanced message, which puts {@code "- "} before lines with a dash
 */
record Submission(SubmissionHeader header, List<Part> parts, int from, int to, boolean dashEscaped) {

    /** A document: its tags, and where its text lies in the file. */
    record Part(
            @Nullable String type, int sequence, @Nullable String filename, int from, int to) {}

    private static final Pattern START =
            Pattern.compile("(?m)^\\s{0,80}<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION)>|<DOCUMENT>");
    private static final Pattern TAG = Pattern.compile("<(TYPE|SEQUENCE|FILENAME)>([^<\\r\\n]*)");
    private static final int MAX_HEADER_CHARS = 1 << 20;
    private static final String DOCUMENT = "<DOCUMENT>";
    private static final String DOCUMENT_END = "</DOCUMENT>";
    private static final String TEXT = "<TEXT>";
    private static final String TEXT_END = "</TEXT>";

    /** The submissions of a file; several where submissions were concatenated, none if no document is found. */
    static List<Submission> parse(byte[] bytes) {
        String sgml = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Submission> submissions = new ArrayList<>();
        boolean dashEscaped = sgml.substring(0, Math.min(sgml.length(), 200)).contains("-----BEGIN PRIVACY");
        Matcher start = START.matcher(sgml);
        int headerFrom = 0;
        int headerTo = -1;
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (start.find(at)) {
            if (start.group().endsWith(DOCUMENT) && !start.group().contains("-")) {
                headerTo = headerTo < 0 ? start.start() : headerTo;
                at = endOfDocument(sgml, start.end());
                parts.add(part(sgml, start.end(), at, parts.size() + 1));
            } else {
                if (headerTo >= 0) {
                    submissions.add(of(sgml, headerFrom, headerTo, start.start(), parts, dashEscaped));
                    headerFrom = start.start();
                    headerTo = -1;
                    parts = new ArrayList<>();
                }
                at = start.end();
            }
        }
        if (headerTo >= 0 || submissions.isEmpty()) {
            int end = headerTo < 0 ? sgml.length() : headerTo;
            submissions.add(of(sgml, headerFrom, end, sgml.length(), parts, dashEscaped));
        }
        return submissions;
    }

    private static Submission of(String sgml, int from, int headerTo, int to, List<Part> parts, boolean dashEscaped) {
        SubmissionHeader header =
                SubmissionHeader.parse(sgml.substring(from, Math.min(headerTo, from + MAX_HEADER_CHARS)));
        return new Submission(header, List.copyOf(parts), from, to, dashEscaped);
    }

    private static int endOfDocument(String sgml, int from) {
        int end = sgml.indexOf(DOCUMENT_END, from);
        int limit = end < 0 ? sgml.length() : end;
        int next = sgml.indexOf("\n" + DOCUMENT, from);
        return next >= 0 && next < limit ? next + 1 : limit;
    }

    private static Part part(String sgml, int from, int to, int position) {
        int text = sgml.indexOf(TEXT, from);
        boolean hasText = text >= 0 && text < to && text - from < 8 << 10;
        int tagsEnd = hasText ? text : Math.min(to, from + (2 << 10));
        String type = null;
        String filename = null;
        int sequence = position;
        int bodyFrom = hasText ? text + TEXT.length() : from;
        Matcher tag = TAG.matcher(sgml).region(from, tagsEnd);
        while (tag.find()) {
            String value = tag.group(2).strip();
            switch (tag.group(1)) {
                case "TYPE" -> type = value.isEmpty() ? null : value;
                case "FILENAME" -> filename = value.isEmpty() ? null : value;
                case "SEQUENCE" -> sequence = value.matches("\\d{1,6}") ? Integer.parseInt(value) : position;
                default -> throw new IllegalStateException(tag.group());
            }
            bodyFrom = hasText ? bodyFrom : tag.end();
        }
        int last = sgml.lastIndexOf(TEXT_END, to - 1);
        return new Part(
                type, sequence, filename, bodyFrom, last >= bodyFrom && last < to ? last : Math.max(bodyFrom, to));
    }
}
