package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads real filings and compares with what is known of them from elsewhere. */
class FilingsCorpusTest {

    /** Exhibits on their own and documents that have no word on it: what the manifest knows the file cannot say. */
    private static final Set<String> SILENT = Set.of(
            "10-Q/aapl-20250329-package/a10-qexhibit32103292025.htm form",
            "10-Q/aapl-20250329-package/a10-qexhibit32103292025.htm company",
            "10-Q/aapl-20250329-package/a10-qexhibit32103292025.htm period",
            "8-K/bke-8k-2024-ex99-1.htm form",
            "8-K/bke-8k-2024-ex99-1.htm company");

    private final List<String> mismatches = new ArrayList<>();

    @Test
    void realFilingsAgreeWithTheManifest() {
        Path data = Repository.sharedData("filings");
        FilingReader reader = new FilingReader();
        int filings = 0;
        for (Map<String, String> row : Corpus.csv(data.resolve("manifest.csv"))) {
            String file = row.getOrDefault("file", "");
            switch (reader.read(data.resolve(file))) {
                case ReadResult.Skipped skipped -> {
                    assertThat(skipped.reason()).as(file).isNotBlank().doesNotContain("internal error");
                    assertThat(isDocument(row))
                            .as("%s skipped: %s", file, skipped.reason())
                            .isFalse();
                }
                case ReadResult.Filings read -> {
                    filings++;
                    compare(file, row, read.filings().getFirst());
                }
            }
        }
        System.out.println(filings + " filings read, mismatches: " + mismatches);
        assertThat(filings).isGreaterThan(60);
        assertThat(mismatches).isEmpty();
    }

    private static boolean isDocument(Map<String, String> row) {
        String kind = row.getOrDefault("kind", "");
        return kind.startsWith("primary document")
                || kind.startsWith("proxy")
                || kind.startsWith("exhibit")
                || kind.startsWith("full submission text, ")
                        && row.getOrDefault("file", "").startsWith("8-K");
    }

    private void compare(String file, Map<String, String> row, Filing filing) {
        filing.documents().forEach(Reading::assertBounds);
        check(file, "form", row.getOrDefault("form", ""), filing.form());
        check(
                file,
                "period",
                row.getOrDefault("period", ""),
                filing.period() == null ? null : filing.period().toString());
        check(
                file,
                "company",
                plain(row.getOrDefault("company", "")),
                filing.company() == null ? null : plain(filing.company()));
        if (filing.cik() != null) {
            check(file, "cik", row.getOrDefault("cik", ""), filing.cik());
        }
        if (filing.accession() != null) {
            check(file, "accession", row.getOrDefault("accession", ""), filing.accession());
        }
        if (filing.filed() != null) {
            check(file, "filed", row.getOrDefault("filed", ""), filing.filed().toString());
        }
    }

    private void check(String file, String what, String expected, @Nullable String actual) {
        if (!expected.isEmpty() && !expected.equals(actual) && !SILENT.contains(file + " " + what)) {
            mismatches.add("%s %s: expected %s, read %s".formatted(file, what, expected, actual));
        }
    }

    /** A name without case, accents, punctuation, articles, state suffixes and differences in abbreviation. */
    private static String plain(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT);
        return plain.replaceAll("[/\\\\].{0,3}[/\\\\]?$", "")
                .replaceAll("\\bcorporation\\b", "corp")
                .replaceAll("\\bcompan(?:y|ies)\\b", "co")
                .replaceAll("\\bthe\\b|\\bcos\\b", "")
                .replaceAll("[^a-z0-9]", "")
                .replaceAll("companies", "co");
    }

    @Test
    void itemsOfRealReportsAreFoundInTheirText() throws IOException {
        Path items = Repository.sharedData("text/edgar-crawler-items");
        assertThat(ItemOracle.agreement(items.resolve("10-K.items.jsonl.gz"), "10-K"))
                .isGreaterThan(0.995);
        assertThat(ItemOracle.agreement(items.resolve("8-K.items.jsonl.gz"), "8-K"))
                .isGreaterThan(0.99);
    }

    @Test
    void itemsOfRealCurrentReportsAreFoundInTheirFiles() throws IOException {
        Path items = Repository.sharedData("text/edgar-crawler-items").resolve("8-K.items.jsonl.gz");
        Path files = Repository.sharedData("filings/8-K/edgar-crawler");
        int compared = 0;
        for (ItemOracle.Report report : ItemOracle.reports(items)) {
            Path file = files.resolve(report.filename());
            if (!file.toFile().exists()) {
                continue;
            }
            compared++;
            Filing filing = Reading.only(new FilingReader().read(file));
            Set<String> sections = new java.util.TreeSet<>();
            filing.documents().getFirst().passages().forEach(passage -> {
                if (passage.section() != null) {
                    sections.add(passage.section());
                }
            });
            assertThat(sections)
                    .as(report.filename())
                    .containsExactlyInAnyOrderElementsOf(report.items().keySet());
        }
        assertThat(compared).isPositive();
    }
}
