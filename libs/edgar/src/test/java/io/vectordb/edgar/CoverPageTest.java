package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverPageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            FORM 10-K ~ 10-K
            Form 10\u2013Q ~ 10-Q
            FORM 8 - K/A ~ 8-K/A
            FORM 10-K (Amendment No. 2) ~ 10-K/A
            FORM 10-K405 ~ 10-K405
            UNITED STATES|FORM 4 ~ 4
            UNITED STATES|FORM 20-F|Form 40-F [ ] ~ 20-F
            CURRENT REPORT PURSUANT TO SECTION 13 OR 15(d) ~ 8-K
            ANNUAL REPORT ON FORM 11-K ~ 11-K
            SCHEDULE 14A|(Amendment No. )|\u2610 Preliminary Proxy Statement|\u2612 Definitive Proxy Statement ~ DEF 14A
            SCHEDULE 14A INFORMATION|[X] Preliminary Proxy Statement|[ ] Definitive Proxy Statement ~ PRE 14A
            SCHEDULE 13G|(Amendment No. 3)* ~ SC 13G/A
            Filed Pursuant to Rule 424(b)(5) ~ 424B5
            Nothing of the kind ~
            """)
    void formsAreReadAsEdgarSpellsThem(String cover, String form) {
        assertThat(CoverPage.of(cover.replace('|', '\n')).form()).isEqualTo(form);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            Commission file number 1-1~Fiction, Inc.~(Exact name of registrant as specified in its charter)~ Fiction, Inc.
            x~Fiction, Inc. (Exact Name of Registrant as Specified in its Charter)~y~ Fiction, Inc.
            Exact name of registrant as specified in its charter: Fiction, Inc.~x~y~ Fiction, Inc.
            THE VERY LONG NAME OF A~TRUST, INC.~(Exact name of small business issuer in its charter)~ TRUST, INC.
            FICTION AND SONS~CORPORATION~(Name of registrant as specified in its charter)~ FICTION AND SONS CORPORATION
            FICTION LTD.~(Registrant Name)~1 Street~ FICTION LTD.
            x~June 30, 2020~(Exact name of registrant as specified in its charter)~ x
            Commission File Number | Exact Name of Registrant as Specified in its Charter | IRS Number~1-16169 | FICTION POWER CORPORATION | 23-1~y~ FICTION POWER CORPORATION
            Commission | Registrant, State of Incorporation, | IRS Employer~2-1 | Fiction Gas and Electric Company | 61-1~y~ Fiction Gas and Electric Company
            VALUE | SHARES~NAME OF ISSUER | TITLE OF CLASS~FICTION CORP | COM~ x
            FICTION FUND ____~(Exact name of registrant)~y~ FICTION FUND
            """)
    void companiesAreReadFromTheirCaption(String first, String second, String third, String company) {
        assertThat(CoverPage.of(first + '\n' + second + '\n' + third).company())
                .isEqualTo(company.equals("x") ? null : company);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            FORM 10-K|For the fiscal year ended December 31, 2015 ~ 2015-12-31
            FORM 10-K|ANNUAL REPORT FOR THE FISCAL YEAR ENDED|SEPTEMBER 27, 1999 ~ 1999-09-27
            FORM 10-Q|For the quarterly period ended: 30 June 2020 ~ 2020-06-30
            FORM 10-Q|For the quarter ended 3/31/99 ~ 1999-03-31
            FORM 10-K|For the transition period from January 1, 2019 to June 30, 2019 ~ 2019-06-30
            FORM 8-K|Date of Report (Date of earliest event reported): May 2, 2021 (April 30, 2021) ~ 2021-05-02
            FORM 8-K|March 23, 2016|Date of Report (Date of earliest event reported) ~ 2016-03-23
            FORM 8-K|May 1, 2012|(Date of earliest event reported) ~ 2012-05-01
            FORM 6-K|January 30, 2023|FICTION N.V. ~ 2023-01-30
            FORM 10-K|For the fiscal year ended ____ ~
            """)
    void periodsAreRead(String cover, LocalDate period) {
        assertThat(CoverPage.of(cover.replace('|', '\n')).period()).isEqualTo(period);
    }

    @Test
    void hugeLinesAreHarmless() {
        assertThat(CoverPage.of("date of report ".repeat(200_000)).company()).isNull();
    }
}
