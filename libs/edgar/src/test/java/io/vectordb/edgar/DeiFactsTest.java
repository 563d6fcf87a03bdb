package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class DeiFactsTest {

    private static DeiFacts facts(String body) {
        return DeiFacts.of(HtmlText.parse("<html><body>" + body + "</body></html>", true));
    }

    private static String fact(String name, String content) {
        return "<ix:nonNumeric contextRef='c' name='dei:" + name + "'>" + content + "</ix:nonNumeric>";
    }

    @Test
    void nestedFactsAndTagsCountAsText() {
        DeiFacts facts = facts(fact(
                        "DocumentPeriodEndDate",
                        fact("CurrentFiscalYearEndDate", "SEPTEMBER&#160;28") + "<span>, 20</span><span>24</span>")
                + fact("EntityRegistrantName", "<b>AEON\n  Bio</b>,&#160;Inc.")
                + fact("EntityCentralIndexKey", " 320193 "));
        assertThat(facts.period()).isEqualTo(LocalDate.of(2024, 9, 28));
        assertThat(facts.company()).isEqualTo("AEON Bio, Inc.");
        assertThat(facts.cik()).isEqualTo("0000320193");
    }

    @Test
    void continuationsAreFollowedAndExclusionsLeftOut() {
        assertThat(facts(
                                "<ix:nonNumeric contextRef='c' name='dei:EntityRegistrantName' continuedAt='n'>First<ix:exclude> page 3</ix:exclude></ix:nonNumeric>"
                                        + "<ix:continuation id='n' continuedAt='n'> Second</ix:continuation>")
                        .company())
                .startsWith("First Second");
    }

    @Test
    void amendmentsAreMarked() {
        assertThat(facts(fact("DocumentType", "10-K") + fact("AmendmentFlag", "true"))
                        .form())
                .isEqualTo("10-K/A");
        assertThat(facts(fact("DocumentType", "10-K/A") + fact("AmendmentFlag", "TRUE"))
                        .form())
                .isEqualTo("10-K/A");
        assertThat(facts(fact("DocumentType", "10-Q") + fact("AmendmentFlag", "false"))
                        .form())
                .isEqualTo("10-Q");
    }

    @Test
    void factsOfCoRegistrantsGiveWay() {
        String context =
                "<xbrli:context id='m'><xbrli:entity><xbrli:segment><xbrldi:explicitMember>x</xbrldi:explicitMember>"
                        + "</xbrli:segment></xbrli:entity></xbrli:context>";
        assertThat(facts(context
                                + fact("EntityRegistrantName", "Daughter").replace("'c'", "'m'")
                                + fact("EntityRegistrantName", "Parent"))
                        .company())
                .isEqualTo("Parent");
    }

    @Test
    void datesFollowTheirFormat() {
        String fact =
                "<ix:nonNumeric contextRef='c' format='ixt:FORMAT' name='dei:DocumentPeriodEndDate'>3/4/2024</ix:nonNumeric>";
        assertThat(facts(fact.replace("FORMAT", "date-month-day-year")).period())
                .isEqualTo(LocalDate.of(2024, 3, 4));
        assertThat(facts(fact.replace("FORMAT", "date-day-month-year")).period())
                .isEqualTo(LocalDate.of(2024, 4, 3));
    }
}
