package io.vectordb.edgar;

import static io.vectordb.edgar.Reading.COVER;
import static io.vectordb.edgar.Reading.gzip;
import static io.vectordb.edgar.Reading.only;
import static io.vectordb.edgar.Reading.read;
import static io.vectordb.edgar.Reading.reason;
import static io.vectordb.edgar.Reading.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Repository;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilingReaderTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {"facts": {}} ~ not a filing: JSON
            [{"a": 1}] ~ not a filing: JSON
            <?xml version="1.0"?><xbrl xmlns="http://www.xbrl.org/2003/instance"/> ~ XBRL instance: facts, no text
            <?xml version="1.0"?><!-- made by --><xbrli:xbrl xmlns:xbrli="x"/> ~ XBRL instance: facts, no text
            <link:linkbase xmlns:link="x"></link:linkbase> ~ XBRL linkbase: relations between concepts, no text
            <xsd:schema xmlns:xsd="x"/> ~ XML schema: definitions, no text
            <ownershipDocument><documentType>4</documentType></ownershipDocument> ~ ownership report of form 4: structured data, no text
            <?xml version="1.0"?><informationTable xmlns="x"/> ~ 13F information table: structured data, no text
            <?xml version="1.0"?><rss/> ~ not a filing: XML with the root <rss>
            %PDF-1.7 ~ not a filing: PDF
            GIF89a ~ not a filing: GIF image
            Dear diary, nothing happened today. ~ not a filing: plain text that names no form or registrant
            <html><body>Recipe for soup</body></html> ~ not a filing: HTML that names no form or registrant
            <html><title>SEC.gov | Request Rate Threshold Exceeded</title><body>Slow down, Securities and Exchange Commission</body></html> ~ not a filing: error page of sec.gov
            <html><head><link rel="stylesheet" href="include/report.css"></head><body>Net sales, 10-K</body></html> ~ page of the XBRL viewer: rendered facts, no text
            <html><body><pre>ACCESSION NUMBER: 1 CONFORMED SUBMISSION TYPE: 8-K</pre></body></html> ~ header of a submission without its documents
            <html><body><p>Filing Detail</p><p>Form 10-K - Annual report: SEC Accession No. 9999000009-26-000001</p></body></html> ~ not a filing: index or viewer page of sec.gov
            """)
    void filesThatAreNoFilingsAreSkippedWithAReason(String content, String expected) {
        assertThat(reason(read(folder, "file.txt", content))).isEqualTo(expected);
    }

    @Test
    void emptyBlankBinaryAndMissingFilesAreSkipped() {
        assertThat(reason(read(folder, "a.htm", ""))).isEqualTo("empty file");
        assertThat(reason(read(folder, "b.htm", " \n\t\r\n"))).isEqualTo("empty file");
        assertThat(reason(read(folder, "c.htm", new byte[4096]))).isEqualTo("not a filing: binary data");
        assertThat(reason(read(folder, "d.zip", "PK\3\4 and more")))
                .isEqualTo("not a filing: ZIP archive or Office document");
        assertThat(reason(new FilingReader().read(folder.resolve("none.htm")))).isEqualTo("no such file");
        assertThat(reason(new FilingReader().read(folder))).isEqualTo("not a regular file");
    }

    @Test
    void tablesOfSeparatedValuesAreSkipped() {
        assertThat(reason(read(folder, "sub.txt", "adsh\tcik\tname\n1\t2\tA\n3\t4\tB\n")))
                .isEqualTo("not a filing: table with tab-separated values");
        assertThat(reason(read(folder, "m.csv", "file,company,cik\na,\"A, Inc.\",1\nb,B,2\n")))
                .isEqualTo("not a filing: table with comma-separated values");
    }

    @Test
    void gzipIsToldByContentAndNotByName() {
        byte[] html = (COVER + "<p>Net sales rose.</p>").getBytes(StandardCharsets.UTF_8);
        Filing plain = only(read(folder, "x/a.htm.gz", html));
        Filing packed = only(read(folder, "y/a.htm", gzip(html)));
        assertThat(packed.id()).isEqualTo(plain.id()).startsWith("sha256-").hasSize(7 + 16);
        assertThat(plain.documents().getFirst().name()).isEqualTo("a.htm");
        assertThat(text(packed)).contains("Net sales rose.");
    }

    @Test
    void truncatedAndDamagedGzipIsSkipped() {
        byte[] packed = gzip((COVER + "words ".repeat(5_000)).getBytes(StandardCharsets.UTF_8));
        assertThat(reason(read(folder, "a.gz", Arrays.copyOf(packed, packed.length / 2))))
                .isEqualTo("truncated gzip");
        assertThat(reason(read(folder, "b.gz", Arrays.copyOf(packed, 5)))).isEqualTo("truncated gzip");
        byte[] damaged = packed.clone();
        damaged[packed.length - 6] ^= 1;
        assertThat(reason(read(folder, "c.gz", damaged))).startsWith("damaged gzip");
        assertThat(reason(read(folder, "d.gz", gzip(packed)))).isEqualTo("not a filing: gzip inside gzip");
    }

    @Test
    void filesOverTheLimitAreSkippedAlsoWhenCompressed() {
        byte[] large = (COVER + "words ".repeat(500_000)).getBytes(StandardCharsets.UTF_8);
        FilingReader small = new FilingReader(2 << 20, 1 << 20);
        assertThat(reason(small.read(Reading.write(folder, "a.htm", large))))
                .isEqualTo("larger than the limit of 2 MB");
        assertThat(reason(small.read(Reading.write(folder, "b.htm", gzip(large)))))
                .isEqualTo("decompresses to more than the limit of 2 MB");
        byte[] document = Arrays.copyOf(large, 3 << 19);
        assertThat(reason(small.read(Reading.write(folder, "c.htm", document))))
                .isEqualTo("document larger than the limit of 1 MB");
    }

    @Test
    void plainTextInAShellOfHtmlIsReadAsPlainText() {
        String lines =
                "The Company makes pumps and valves for the chemical industry, which\nit sells in nine countries.\n\n"
                        .repeat(30);
        assertThat(text(only(read(folder, "a.htm", "<html><body><div>FORM 10-K\n\n" + lines + "</div></body></html>"))))
                .contains("industry, which it sells in nine countries.\nThe Company");
        String rows = "<TR>\n<TD>one</TD>\n<TD>two</TD>\n</TR>\n".repeat(40);
        assertThat(text(only(read(folder, "b.htm", COVER + "<TABLE>\n" + rows + "</TABLE>"))))
                .contains("one | two")
                .doesNotContain("TD");
    }

    @Test
    void charsetIsUtf8ElseWindows1252() {
        String words = COVER + "<p>Caf\u00e9 \u201cQuoted\u201d \u2013 \u20ac5</p>";
        for (Charset charset : new Charset[] {StandardCharsets.UTF_8, Charset.forName("windows-1252")}) {
            Filing filing = only(read(folder, charset.name() + ".htm", words.getBytes(charset)));
            assertThat(text(filing)).contains("Caf\u00e9 \u201cQuoted\u201d \u2013 \u20ac5");
        }
    }

    @Test
    void nulBytesAmongTextAreDropped() {
        assertThat(text(only(read(folder, "a.htm", COVER + "<p>Net\0 sales\0</p>"))))
                .contains("Net sales");
    }

    @Test
    void hundredThousandNestedElementsAreRead() {
        for (String tag : new String[] {"div", "b", "table><tr><td", "ix:nonNumeric", "ul><li", "font"}) {
            String nested = COVER + ("<" + tag + ">").repeat(100_000) + "deep words</div>";
            assertThat(text(only(read(folder, "a.htm", nested)))).as(tag).contains("deep words");
        }
        String inline = "<html xmlns:ix=\"http://www.xbrl.org/2013/inlineXBRL\"><body><p>FORM 10-K</p>";
        assertThat(text(only(read(folder, "b.htm", inline + "<div>".repeat(100_000) + "deep words"))))
                .contains("deep words");
    }

    @Test
    void hugeLinesAndTokensAreCut() {
        String line = "x".repeat(300_000) + ". ".repeat(100_000) + "7,".repeat(100_000) + "\u00e9".repeat(5_000);
        Filing filing = only(read(folder, "a.htm", COVER + "<p>" + line + "</p>"));
        filing.documents().forEach(Reading::assertBounds);
        assertThat(filing.passageCount()).isGreaterThan(400);
        Filing text = only(read(folder, "a.txt", "FORM 10-K\n" + line + "\n" + " ".repeat(1_000_000) + "\nthe end"));
        text.documents().forEach(Reading::assertBounds);
    }

    @Test
    void accessionAndKeyOfTheCompanyMayComeFromThePath() {
        Filing fromFolder = only(read(folder, "320193/000032019324000123/a10-k.htm", COVER));
        assertThat(fromFolder.accession()).isEqualTo("0000320193-24-000123").isEqualTo(fromFolder.id());
        assertThat(fromFolder.cik()).isEqualTo("0000320193");
        Filing fromName = only(read(folder, "1001039_10K_2012_0001104659-12-009229.htm", COVER));
        assertThat(fromName.accession()).isEqualTo("0001104659-12-009229");
        assertThat(fromName.cik()).isEqualTo("0001001039");
    }

    @Test
    void eighteenDigitsThatAreNoAccessionNumberAreNotTaken() {
        assertThat(only(read(folder, "junit-864667996639394974/a.htm", COVER)).accession())
                .isNull();
        assertThat(only(read(folder, "20240101123456789012/a.htm", COVER)).accession())
                .isNull();
    }

    @Test
    void whatADocumentDoesNotSayIsNull() {
        Filing filing = only(read(folder, "a.htm", COVER + "<p>Words.</p>"));
        assertThat(filing.accession()).isNull();
        assertThat(filing.cik()).isNull();
        assertThat(filing.company()).isNull();
        assertThat(filing.period()).isNull();
        assertThat(filing.filed()).isNull();
        assertThat(filing.form()).isEqualTo("10-K");
    }

    @Test
    void anExhibitOnItsOwnHasItsTypeAsForm() {
        Filing filing =
                only(read(folder, "a.htm", "<p>Exhibit 99.1</p><p>Results for the quarter ended May 1, 2024</p>"));
        assertThat(filing.form()).isEqualTo("EX-99.1");
        assertThat(filing.period()).isNull();
    }

    @Test
    void keysFitIntoTheDatabase() {
        Filing filing = only(read(folder, "\u00e9".repeat(120) + ".htm", COVER));
        FilingDocument document = filing.documents().getFirst();
        String key = filing.key(document, document.passages().getFirst());
        assertThat(key).startsWith(filing.id() + "#\u00e9").endsWith(".htm#0");
        assertThat(key.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(512);
    }

    @Test
    void sampleFilingsAreRead() {
        Path samples = Repository.root().resolve("samples/filings");
        Filing annual =
                only(new FilingReader().read(samples.resolve("9999000001-26-000001/fictional-robotics-10k.htm")));
        assertThat(annual.id()).isEqualTo("9999000001-26-000001");
        assertThat(annual.cik()).isEqualTo("9999000001");
        assertThat(annual.company()).isEqualTo("Fictional Robotics Inc. (sample)");
        assertThat(annual.period()).isEqualTo(LocalDate.of(2025, 12, 31));
        assertThat(annual.documents().getFirst().passages())
                .extracting(Passage::section)
                .containsExactly(null, "1", "1A", "1A", "1C", "3", "7", "7", null);
        Filing quarterly = only(new FilingReader().read(samples.resolve("fictional-chips-10q.htm")));
        assertThat(quarterly.documents().getFirst().passages())
                .extracting(Passage::section)
                .containsExactly(null, "Part I 1", "Part I 2", "Part I 3", "Part II 1", "Part II 1A", "Part II 6");
        Filing current = only(new FilingReader().read(samples.resolve("9999000003-26-000001.txt")));
        assertThat(current.filed()).isEqualTo(LocalDate.of(2026, 1, 15));
        assertThat(current.documents())
                .extracting(FilingDocument::name)
                .containsExactly("freight8k.htm", "freightex991.txt");
    }
}
