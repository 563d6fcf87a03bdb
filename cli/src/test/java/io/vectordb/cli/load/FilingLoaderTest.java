package io.vectordb.cli.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class FilingLoaderTest {

    @TempDir
    Path folder;

    private final FakeApi api = new FakeApi();

    @AfterEach
    void close() {
        api.close();
    }

    /** A submission with a header and one primary document of so many paragraphs. */
    static String submission(String accession, String company, int paragraphs) {
        StringBuilder text = new StringBuilder("""
                <SEC-DOCUMENT>%1$s.txt : 20241101
                <SEC-HEADER>%1$s.hdr.sgml : 20241101
                ACCESSION NUMBER:		%1$s
                CONFORMED SUBMISSION TYPE:	10-K
                PUBLIC DOCUMENT COUNT:		1
                CONFORMED PERIOD OF REPORT:	20240928
                FILED AS OF DATE:		20241101

                FILER:

                	COMPANY DATA:
                		COMPANY CONFORMED NAME:			%2$s
                		CENTRAL INDEX KEY:			0000320193
                </SEC-HEADER>
                <DOCUMENT>
                <TYPE>10-K
                <SEQUENCE>1
                <FILENAME>report.htm
                <TEXT>
                <html><body>
                <p>FORM 10-K</p><p>Item 1A. Risk Factors</p>
                """.formatted(accession, company));
        for (int i = 0; i < paragraphs; i++) {
            text.append("<p>Paragraph ")
                    .append(i)
                    .append(" tells that the supply of components may be disrupted, ")
                    .append("that demand varies, and that costs rise with the price of energy. ".repeat(8))
                    .append("</p>\n");
        }
        return text.append("</body></html>\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n")
                .toString();
    }

    private LoadReport load(Path... paths) {
        try (RestClient client =
                new RestClient(api.uri(), Optional.empty(), Duration.ofSeconds(20), Retries.SHORT, line -> {})) {
            FilingLoader loader = new FilingLoader(client, "filings", 2, new FilingLoader.Progress() {
                @Override
                public void created(String collection) {}

                @Override
                public void at(int filesDone, int filesTotal, LoadReport.Counts counts) {}
            });
            loader.load(List.of(paths));
            return loader.report();
        }
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void aFilingBecomesARecordPerPassageWithWhatItsHeaderTells() throws IOException {
        LoadReport report = load(file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 30)));

        LoadReport.Counts counts = report.counts();
        assertThat(counts.files()).isEqualTo(1);
        assertThat(counts.stored()).isEqualTo(counts.created()).isGreaterThan(5);
        assertThat(api.records()).hasSize((int) counts.stored());
        JsonNode record = requireNonNull(api.records().get("0000320193-24-000123#report.htm#1"));
        assertThat(record.path("company").stringValue()).isEqualTo("Apple Inc.");
        assertThat(record.path("cik").stringValue()).isEqualTo("0000320193");
        assertThat(record.path("form").stringValue()).isEqualTo("10-K");
        assertThat(record.path("period").stringValue()).isEqualTo("2024-09-28");
        assertThat(record.path("filed").stringValue()).isEqualTo("2024-11-01");
        assertThat(record.path("section").stringValue()).isEqualTo("1A");
        assertThat(record.path("text").stringValue()).contains("supply of components");
    }

    @Test
    void loadingTheSameAgainWritesNothing() throws IOException {
        Path file = file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 30));
        long first = load(file).counts().stored();
        long written = api.linesWritten();

        LoadReport.Counts again = load(file).counts();

        assertThat(again.unchanged()).isEqualTo(first);
        assertThat(again.stored() + again.created() + again.changed() + again.removed())
                .isZero();
        assertThat(api.linesWritten()).isEqualTo(written);
        assertThat(again.anythingLoaded()).isTrue();
    }

    @Test
    void whatChangedIsWrittenAndWhatIsGoneIsRemoved() throws IOException {
        Path file = file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 700));
        long before = load(file).counts().stored();
        Files.writeString(
                file, submission("0000320193-24-000123", "Apple Inc.", 30).replace("Paragraph 20 ", "Statement 20 "));

        LoadReport.Counts counts = load(file).counts();

        assertThat(counts.created()).isZero();
        assertThat(counts.changed()).isBetween(1L, 3L);
        assertThat(counts.removed())
                .isEqualTo(before - counts.changed() - counts.unchanged())
                .isGreaterThan(50);
        assertThat(api.records()).hasSize((int) (counts.changed() + counts.unchanged()));
    }

    @Test
    void twoFilesOfOneDocumentComplementEachOtherAndSettle() throws IOException {
        String full = submission("0000320193-24-000123", "Apple Inc.", 30);
        file("a.txt", full.replaceAll("FILED AS OF DATE:.*\n", ""));
        file("b.txt", full.replace("Apple Inc.", "APPLE INC"));

        load(folder);

        assertThat(api.records().values()).allSatisfy(record -> {
            assertThat(record.path("company").stringValue()).isEqualTo("Apple Inc.");
            assertThat(record.path("filed").stringValue()).isEqualTo("2024-11-01");
        });
        long written = api.linesWritten();
        load(folder);
        assertThat(api.linesWritten()).isEqualTo(written);
    }

    @Test
    void whatAUserAddedToARecordSurvivesAChange() throws IOException {
        Path file = file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 10));
        load(file);
        api.records().replaceAll((key, record) -> {
            var tagged = ((ObjectNode) record).deepCopy();
            return tagged.put("tag", "mine");
        });
        Files.writeString(file, submission("0000320193-24-000123", "Apple Corp.", 10));
        assertThat(load(file).counts().changed()).isEqualTo(api.records().size());
        assertThat(api.records().values()).allSatisfy(record -> {
            assertThat(record.path("tag").stringValue()).isEqualTo("mine");
            assertThat(record.path("company").stringValue()).isEqualTo("Apple Corp.");
        });
    }

    @Test
    void brokenAndUnknownFilesAreSkippedWithAReason() throws IOException {
        file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 10));
        Files.write(folder.resolve("broken.htm.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
        Files.write(folder.resolve("picture.jpg"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0, 1});
        file("empty.txt", "");

        LoadReport report = load(folder, folder.resolve("absent"));

        assertThat(report.counts().files()).isEqualTo(1);
        List<Path> skipped = new ArrayList<>();
        report.skipped().values().forEach(skipped::addAll);
        assertThat(skipped.stream().map(path -> path.getFileName().toString()))
                .containsExactlyInAnyOrder("broken.htm.gz", "picture.jpg", "empty.txt", "absent");
        assertThat(report.skipped().keySet()).noneMatch(reason -> reason.contains("internal error"));
    }

    @Test
    void refusedPassagesAreCountedByCode() throws IOException {
        api.refuse("Paragraph 3 ");
        LoadReport report = load(file("full.txt", submission("0000320193-24-000123", "Apple Inc.", 30)));
        assertThat(report.counts().rejected()).isEqualTo(1);
        assertThat(report.rejected()).containsKey("TEXT_TOO_LONG");
        assertThat(report.counts().stored()).isEqualTo(report.counts().created() - 1);
    }

    @Test
    void nothingToLoadIsNothingLoaded() {
        assertThat(load(folder.resolve("absent")).counts().anythingLoaded()).isFalse();
    }
}
