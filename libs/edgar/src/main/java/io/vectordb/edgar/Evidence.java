package io.vectordb.edgar;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a document on its own belongs to a filing. */
final class Evidence {

    private static final int HEAD_CHARS = 20_000;
    private static final Pattern BLOCKED = Pattern.compile(
            "(?i)undeclared automated tool|request rate threshold exceeded|sec\\.gov \\| (?:access denied|file unavailable)");
    private static final Pattern INDEX = Pattern.compile(
            "(?i)edgar filing documents for |edgar entity landing page|inline xbrl viewer|^ix\\?doc=|company search results|full text search: edgar");
    private static final Pattern INDEX_TEXT = Pattern.compile("(?s)Filing Detail\\b.{0,600}SEC Accession No\\.");
    private static final Pattern HEADER_TEXT =
            Pattern.compile("(?s)ACCESSION NUMBER:.{0,400}(?:CONFORMED SUBMISSION TYPE|PUBLIC DOCUMENT COUNT):");
    private static final Pattern FORM_LINE = Pattern.compile("(?im)^\\W*form\\s+(?:10-?[kq]|8-?k|20-?f|6-?k|40-?f)");
    private static final Pattern FILING_WORDS = Pattern.compile(
            "(?i)securities\\s+and\\s+exchange\\s+commission|securities\\s+(?:exchange\\s+)?act|\\bexhibit\\s+\\(?\\d|\\bregistrant|sarbanes"
                    + "|\\((?:nyse|nasdaq|otc)[^)]{0,20}:");
    private static final Pattern FORM_WORDS = Pattern.compile("(?i)form\\s+(?:10-[kq]|8-k|20-f|6-k|40-f)");
    private static final Pattern EXHIBIT_NAME = Pattern.compile(
            "(?i).*(?:exhibit|(?<![a-z])ex[-_]?\\d|dex\\d|xex\\d|10-?k|10-?q|8-?k|20-?f|6-?k|def-?14).*");

    private static final Pattern VIEWER_PAGE = Pattern.compile("R\\d{1,4}\\.html?(?:\\.gz)?");

    private static final Pattern NOTES =
            Pattern.compile("(?i)readme.*|licen[cs]e.*|.*\\.(?:md|rst|adoc|log|java|py|js|sh|ya?ml|toml|properties)");

    private Evidence() {}

    /** Why a bare document is not read; null if it is. */
    static @Nullable String refusal(Path file, ParsedDocument document, boolean plainText) {
        if (!plainText && VIEWER_PAGE.matcher(file.getFileName().toString()).matches()) {
            return "page of the XBRL viewer: rendered facts, no text";
        }
        if (plainText && NOTES.matcher(file.getFileName().toString()).matches()) {
            return "not a filing: notes or documentation";
        }
        String text = document.text();
        if (text.isEmpty()) {
            return "no text";
        }
        String head = text.substring(0, Math.min(text.length(), HEAD_CHARS));
        if (!plainText && text.length() < HEAD_CHARS) {
            if (BLOCKED.matcher(document.title()).find()
                    || BLOCKED.matcher(head).find()) {
                return "not a filing: error page of sec.gov";
            }
            if (INDEX.matcher(document.title()).find()
                    || INDEX_TEXT.matcher(head).find()) {
                return "not a filing: index or viewer page of sec.gov";
            }
        }
        if (HEADER_TEXT
                .matcher(head.substring(0, Math.min(head.length(), 4_000)))
                .find()) {
            return "header of a submission without its documents";
        }
        boolean known = document.facts().form() != null
                || PathHints.of(file).accession() != null
                || FILING_WORDS.matcher(head).find()
                || (plainText ? FORM_LINE : FORM_WORDS).matcher(head).find()
                || !plainText
                        && EXHIBIT_NAME.matcher(file.getFileName().toString()).matches();
        return known
                ? null
                : "not a filing: " + (plainText ? "plain text" : "HTML") + " that names no form or registrant";
    }
}
