package io.vectordb.edgar;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts together a filing from what header, inline XBRL, cover page and path say, in that order of trust. */
final class FilingBuilder {

    private static final Pattern EXHIBIT =
            Pattern.compile("(?i)^\\W*(?:exhibit|ex)\\s*[-.:]?\\s*(\\d{1,3}(?:\\.\\d{1,3})?[a-z]?)\\b.{0,60}$");
    private final PathHints hints;
    private final String digest;

    /** {@code digest}: the first hexadecimal digits of the content's SHA-256. */
    FilingBuilder(PathHints hints, String digest) {
        this.hints = hints;
        this.digest = digest;
    }

    Filing bare(String name, ParsedDocument document) {
        DeiFacts facts = document.facts();
        String exhibit = facts.form() == null ? exhibit(document.text()) : null;
        CoverPage cover = exhibit == null ? CoverPage.of(document.text()) : new CoverPage(null, null, null);
        String form = firstOf(facts.form(), exhibit, cover.form());
        FilingDocument only = new FilingDocument(name, form, passages(document.text(), form));
        return filing(
                hints.accession(),
                firstOf(facts.cik(), hints.cik(), null),
                firstOf(facts.company(), cover.company(), null),
                form,
                firstOf(facts.period(), cover.period(), null),
                null,
                List.of(only));
    }

    /** {@code texts} are the submission's documents with text, at least one. */
    Filing submission(Submission submission, List<DocumentSelection.Text> texts) {
        SubmissionHeader header = submission.header();
        DeiFacts facts = facts(texts);
        DocumentSelection.Text first = texts.getFirst();
        CoverPage cover = isExhibit(first.part().type())
                ? new CoverPage(null, null, null)
                : CoverPage.of(first.document().text());
        SubmissionHeader.Company subject = header.subject();
        boolean sameCompany = header.companies().isEmpty()
                || header.companies().stream().anyMatch(company -> Objects.equals(company.cik(), facts.cik()));
        return filing(
                firstOf(header.accession(), hints.accession(), null),
                firstOf(sameCompany ? facts.cik() : null, subject == null ? null : subject.cik(), hints.cik()),
                firstOf(facts.company(), subject == null ? null : subject.name(), cover.company()),
                firstOf(header.form(), firstOf(facts.form(), first.part().type(), null), cover.form()),
                firstOf(header.period(), facts.period(), header.accession() == null ? cover.period() : null),
                header.filed(),
                documents(texts));
    }

    private Filing filing(
            @Nullable String accession,
            @Nullable String cik,
            @Nullable String company,
            @Nullable String form,
            @Nullable LocalDate period,
            @Nullable LocalDate filed,
            List<FilingDocument> documents) {
        String id = accession == null ? "sha256-" + digest : accession;
        return new Filing(id, accession, cik, company, form, period, filed, documents);
    }

    private static List<FilingDocument> documents(List<DocumentSelection.Text> texts) {
        DocumentNames names = new DocumentNames();
        List<FilingDocument> documents = new ArrayList<>();
        for (DocumentSelection.Text text : texts) {
            String type = text.part().type();
            List<Passage> passages = passages(text.document().text(), type);
            documents.add(new FilingDocument(names.of(text.part()), type, passages));
        }
        return documents;
    }

    private static List<Passage> passages(String text, @Nullable String type) {
        return PassageSplitter.split(text, Sections.of(text, type));
    }

    private static DeiFacts facts(List<DocumentSelection.Text> texts) {
        for (DocumentSelection.Text text : texts) {
            DeiFacts facts = text.document().facts();
            if (!isExhibit(text.part().type()) && facts.company() != null) {
                return facts;
            }
        }
        return DeiFacts.NONE;
    }

    private static boolean isExhibit(@Nullable String type) {
        return type != null && type.startsWith("EX-");
    }

    /** "Exhibit 99.1" among the first lines makes a document without form an exhibit. */
    private static @Nullable String exhibit(String text) {
        for (String line : text.lines().limit(3).toList()) {
            Matcher matcher = EXHIBIT.matcher(line);
            if (matcher.find()) {
                return "EX-" + matcher.group(1).toUpperCase(Locale.ROOT);
            }
        }
        return null;
    }

    private static <T> @Nullable T firstOf(@Nullable T first, @Nullable T second, @Nullable T third) {
        return first != null ? first : second != null ? second : third;
    }
}
