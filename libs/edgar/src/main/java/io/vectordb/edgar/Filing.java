package io.vectordb.edgar;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One filing as far as its file tells: who filed what and when, and the text of its documents.
 *
 * <p>Nothing is guessed: what neither header, inline XBRL, cover page nor path says is null.
 *
 * @param id stable identity: the accession number, or {@code "sha256-"} and the first 16 hexadecimal digits of the
 *     SHA-256 of the decompressed content. Reading the same bytes again gives the same id
 * @param accession accession number such as {@code 0000320193-24-000123}: from the header, else from the path
 * @param cik central index key with ten digits. With several registrants: the one {@code company} names
 * @param company the registrant (for forms about another company, the subject). Inline XBRL's
 *     {@code dei:EntityRegistrantName} if a document has it, since it is written as the company writes itself; else the
 *     header's COMPANY CONFORMED NAME, else the name on the cover page
 * @param form the form as EDGAR names it, with {@code /A} for an amendment; for an exhibit on its own the exhibit's
 *     type, such as {@code EX-99.1}
 * @param period end of the period reported on, or date of the earliest event
 * @param filed day of filing; only headers tell
 * @param documents the documents that have text, in the order of the submission; never empty
 */
public record Filing(
        String id,
        @Nullable String accession,
        @Nullable String cik,
        @Nullable String company,
        @Nullable String form,
        @Nullable LocalDate period,
        @Nullable LocalDate filed,
        List<FilingDocument> documents) {

    public Filing {
        documents = List.copyOf(documents);
    }

    /**
     * Key of a passage in a database: {@code <id>#<document name>#<ordinal>}, at most 512 bytes in UTF-8 and the same
     * whether the document was read bare or from its submission, provided that both tell the accession number.
     */
    public String key(FilingDocument document, Passage passage) {
        return id + '#' + document.name() + '#' + passage.ordinal();
    }

    /** How many passages all its documents have. */
    public int passageCount() {
        return documents.stream()
                .mapToInt(document -> document.passages().size())
                .sum();
    }
}
