package io.vectordb.edgar;

import static io.vectordb.edgar.Reading.only;
import static io.vectordb.edgar.Reading.read;
import static io.vectordb.edgar.Reading.reason;
import static io.vectordb.edgar.Reading.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionTest {

    private static final String HEADER = """
            <SEC-DOCUMENT>9999000009-26-000007.txt : 20260105
            <SEC-HEADER>9999000009-26-000007.hdr.sgml : 20260105
            ACCESSION NUMBER:		9999000009-26-000007
            CONFORMED SUBMISSION TYPE:	10-K/A
            CONFORMED PERIOD OF REPORT:	20250930
            FILED AS OF DATE:		20260105

            FILED BY:

            	COMPANY DATA:
            		COMPANY CONFORMED NAME:			OTHER HOLDER LP
            		CENTRAL INDEX KEY:			0009999008

            SUBJECT COMPANY:

            	COMPANY DATA:
            		COMPANY CONFORMED NAME:			FICTION & SONS INC
            		CENTRAL INDEX KEY:			9999009

            	FORMER COMPANY:
            		FORMER CONFORMED NAME:	OLD FICTION INC
            </SEC-HEADER>
            """;

    @TempDir
    private Path folder;

    private static String document(String type, int sequence, String filename, String text) {
        return "<DOCUMENT>\n<TYPE>" + type + "\n<SEQUENCE>" + sequence + "\n<FILENAME>" + filename + "\n<TEXT>\n" + text
                + "\n</TEXT>\n</DOCUMENT>\n";
    }

    @Test
    void headerOfAFullSubmissionIsRead() {
        Filing filing =
                only(read(folder, "a.txt", HEADER + document("10-K/A", 1, "k.htm", "<html><p>Words.</p></html>")));
        assertThat(filing.accession()).isEqualTo("9999000009-26-000007");
        assertThat(filing.form()).isEqualTo("10-K/A");
        assertThat(filing.company()).isEqualTo("FICTION & SONS INC");
        assertThat(filing.cik()).isEqualTo("0009999009");
        assertThat(filing.period()).isEqualTo(LocalDate.of(2025, 9, 30));
        assertThat(filing.filed()).isEqualTo(LocalDate.of(2026, 1, 5));
    }

    @Test
    void headerOfTheFeedIsReadAlsoOnASingleLine() {
        String feed = "<SUBMISSION>\n<ACCESSION-NUMBER>9999000009-26-000008\n<TYPE>8-K\n<PERIOD>20260102\n"
                + "<FILING-DATE>20260105\n<FILER>\n<COMPANY-DATA>\n<CONFORMED-NAME>FICTION &amp; SONS INC\n<CIK>0009999009\n"
                + "</COMPANY-DATA>\n<FORMER-COMPANY>\n<FORMER-CONFORMED-NAME>OLD\n</FORMER-COMPANY>\n</FILER>\n"
                + document("8-K", 1, "k.htm", "<html><p>Item 8.01 Other Events</p></html>");
        for (String content : new String[] {
            feed, feed.replaceFirst("\n", "@").replace("\n", "").replace("@", "\n")
        }) {
            Filing filing = only(read(folder, "a.nc", content));
            assertThat(filing.accession()).isEqualTo("9999000009-26-000008");
            assertThat(filing.form()).isEqualTo("8-K");
            assertThat(filing.company()).isEqualTo("FICTION & SONS INC");
            assertThat(filing.cik()).isEqualTo("0009999009");
            assertThat(filing.period()).isEqualTo(LocalDate.of(2026, 1, 2));
            assertThat(filing.filed()).isEqualTo(LocalDate.of(2026, 1, 5));
            assertThat(filing.documents().getFirst().passages().getFirst().section())
                    .isEqualTo("8.01");
        }
    }

    @Test
    void textDocumentsAreTakenAndDataLeftOut() {
        Filing filing = only(read(
                folder,
                "a.txt",
                HEADER
                        + document(
                                "10-K/A",
                                1,
                                "k.htm",
                                "<XBRL>\n<?xml version='1.0'?><html xmlns:ix=\"http://www.xbrl.org/2013/inlineXBRL\"><p>Main.</p></html>\n</XBRL>")
                        + document("EX-99.1", 2, "x.txt", "Exhibit words.")
                        + document("EX-10.1", 3, "y.htm", "<html><p>Contract.</p></html>")
                        + document("GRAPHIC", 4, "g.jpg", "begin 644 g.jpg\nM_]C_X``02D9)1@\nend")
                        + document("EX-101.INS", 5, "i.xml", "<XBRL><?xml version='1.0'?><xbrl/></XBRL>")
                        + document("XML", 6, "R2.htm", "<html><p>Viewer.</p></html>")
                        + document("EX-99.2", 7, "p.pdf", "<PDF>\nbegin 644 p.pdf\nend\n</PDF>")
                        + document("EX-27", 8, "fds.txt", "<ARTICLE> 5\n<MULTIPLIER> 1,000\n<CASH> 5")
                        + document("JSON", 9, "MetaLinks.json", "{\"a\": 1}")
                        + document("EX-13", 10, "e.htm", " ")));
        assertThat(filing.documents()).extracting(FilingDocument::name).containsExactly("k.htm", "x.txt", "y.htm");
        assertThat(filing.documents()).extracting(FilingDocument::type).containsExactly("10-K/A", "EX-99.1", "EX-10.1");
    }

    @Test
    void aSubmissionWithoutTextSaysWhatItHolds() {
        String content = HEADER.replace("10-K/A", "13F-HR")
                + document("13F-HR", 1, "primary_doc.xml", "<XML>\n<?xml version=\"1.0\"?><edgarSubmission/>\n</XML>")
                + document("GRAPHIC", 2, "g.gif", "begin 644 g.gif\nend");
        assertThat(reason(read(folder, "a.txt", content)))
                .isEqualTo("form 13F-HR: no text document (1 GRAPHIC, 1 XML)");
        assertThat(reason(read(folder, "b.txt", HEADER))).isEqualTo("form 10-K/A: no documents");
    }

    @Test
    void aBareDocumentHasTheKeysItHasInItsSubmission() {
        String html = "<html><p>FORM 10-K</p><p>Some words.</p></html>";
        Filing whole = only(read(folder, "whole.txt", HEADER + document("10-K", 1, "k.htm", html)));
        Filing bare = only(read(folder, "9999000009-26-000007/k.htm", html));
        assertThat(bare.key(
                        bare.documents().getFirst(),
                        bare.documents().getFirst().passages().getFirst()))
                .isEqualTo("9999000009-26-000007#k.htm#0")
                .isEqualTo(whole.key(
                        whole.documents().getFirst(),
                        whole.documents().getFirst().passages().getFirst()));
    }

    @Test
    void aDocumentInItsWrapperAloneIsRead() {
        Filing filing = only(
                read(
                        folder,
                        "a.htm",
                        document(
                                "10-Q",
                                1,
                                "q.htm",
                                "<html><p>FORM 10-Q</p><p>For the quarterly period ended June 30, 2018</p>"
                                        + "<p>FICTION CORP</p><p>(Exact name of registrant as specified in its charter)</p></html>")));
        assertThat(filing.form()).isEqualTo("10-Q");
        assertThat(filing.company()).isEqualTo("FICTION CORP");
        assertThat(filing.period()).isEqualTo(LocalDate.of(2018, 6, 30));
        assertThat(filing.documents().getFirst().name()).isEqualTo("q.htm");
    }

    @Test
    void documentsWithoutNameAreNumberedAndNamesAreUnique() {
        String unnamed = "<DOCUMENT>\n<TYPE>10-K\n<SEQUENCE>1\n<TEXT>\nAnnual words.\n</TEXT>\n</DOCUMENT>\n";
        Filing filing = only(read(
                folder,
                "a.txt",
                HEADER + unnamed + document("EX-1", 2, "e.txt", "One.") + document("EX-2", 3, "e.txt", "Two.")));
        assertThat(filing.documents()).extracting(FilingDocument::name).containsExactly("doc1", "e.txt", "e.txt~2");
    }

    @Test
    void aSubmissionCutInTheMiddleIsReadUpToThere() {
        String content = HEADER
                + document("10-K", 1, "k.htm", "<html><p>First words.</p></html>")
                + document("EX-99", 2, "x.htm", "<html><p>Second words</p><p>Third");
        Filing filing = only(read(folder, "a.txt", content.substring(0, content.indexOf("Third") + 3)));
        assertThat(text(filing)).contains("First words.", "Second words", "Thi");
        String noEnds = content.replace("</DOCUMENT>", "").replace("</TEXT>", "");
        assertThat(only(read(folder, "b.txt", noEnds)).documents()).hasSize(2);
    }

    @Test
    void concatenatedSubmissionsAreSeveralFilings() {
        String first = HEADER + document("10-K/A", 1, "k.htm", "<html><p>First.</p></html>") + "</SEC-DOCUMENT>\n";
        ReadResult result = read(folder, "a.txt", first + first.replace("26-000007", "26-000008"));
        assertThat(((ReadResult.Filings) result).filings())
                .extracting(Filing::id)
                .containsExactly("9999000009-26-000007", "9999000009-26-000008");
    }

    @Test
    void dashesEscapedByPrivacyEnhancedMailAreRestored() {
        String mail = "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\n\n" + HEADER
                + "<DOCUMENT>\n<TYPE>10-K\n<SEQUENCE>1\n<TEXT>\nHeading\n- -------\n- -5% change\n</TEXT>\n</DOCUMENT>\n";
        assertThat(text(only(read(folder, "a.txt", mail)))).isEqualTo("Heading\n-5% change\n");
    }

    @Test
    void inlineNameComesBeforeTheHeaders() {
        String html = "<html xmlns:ix=\"http://www.xbrl.org/2013/inlineXBRL\"><body><p>"
                + "<ix:nonNumeric contextRef=\"c\" name=\"dei:EntityRegistrantName\">Fiction <b>&amp; Sons</b>, Inc.</ix:nonNumeric></p></body></html>";
        assertThat(only(read(folder, "a.txt", HEADER + document("10-K", 1, "k.htm", html)))
                        .company())
                .isEqualTo("Fiction & Sons, Inc.");
    }
}
