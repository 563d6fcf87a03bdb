package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {

    private static String text(String plain) {
        return Lines.join(PlainText.lines(plain, false));
    }

    @Test
    void wrappedLinesBecomeParagraphs() {
        assertThat(text("""
                     The Company makes pumps and valves for the chemical industry,
                which it sells through agents in nine countries, and it repairs
                them.

                     It has 300 employees.
                """))
                .isEqualTo(
                        "The Company makes pumps and valves for the chemical industry, which it sells through agents in nine countries, and it repairs them.\nIt has 300 employees.");
    }

    @Test
    void tablesAndCentredLinesKeepTheirLines() {
        assertThat(text("""
                                 FICTION CORPORATION OF THE STATE OF NOWHERE IN PARTICULAR
                             (Exact name of registrant as specified in its charter)
                <TABLE>
                <CAPTION>
                <S>                                             <C>          <C>
                Net sales of the year in thousands of dollars   $1,234       $1,100
                Cost of sales                                      900          850
                ---------------------------------------------   ------       ------
                </TABLE>
                """)).isEqualTo("""
                FICTION CORPORATION OF THE STATE OF NOWHERE IN PARTICULAR
                (Exact name of registrant as specified in its charter)
                Net sales of the year in thousands of dollars $1,234 $1,100
                Cost of sales 900 850""");
    }

    @Test
    void pageMarksAndNumbersGo() {
        assertThat(text("One.\n\n   - 3 -\n<PAGE>\nTwo.\f\n4\nThree.")).isEqualTo("One.\nTwo.\nThree.");
    }

    @Test
    void leadersAreShortened() {
        assertThat(text("Business" + ".".repeat(30) + " 3\nName: " + "_".repeat(30) + "\n" + "=".repeat(200_000)))
                .isEqualTo("Business... 3\nName: ___");
    }
}
