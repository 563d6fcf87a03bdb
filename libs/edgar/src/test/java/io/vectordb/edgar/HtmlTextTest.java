package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTextTest {

    private static String text(String html) {
        return Lines.join(HtmlText.lines(HtmlText.parse(html, false)));
    }

    @Test
    void blocksEndLinesAndInlineElementsDoNot() {
        assertThat(text("<p>One <b>t</b>wo<br>three<div>four</div><ul><li>five<li>six</ul><h2>seven</h2>"))
                .isEqualTo("One two\nthree\nfour\nfive\nsix\nseven");
    }

    @Test
    void cellsOfARowStayOnOneLine() {
        assertThat(text("<table><tr><td><p>Net sales</p></td><td>$</td><td>1,234</td><td></td><td>(5</td><td>)</td>"
                        + "<td>12</td><td>%</td></tr><tr><td>&#8226;</td><td>bullet</td></tr></table>"))
                .isEqualTo("Net sales | $1,234 | (5) | 12%\n\u2022 bullet");
    }

    @Test
    void aRowThatIsALayoutKeepsItsLines() {
        assertThat(text("<table><tr><td><p>First</p><p>Second</p></td></tr></table>"))
                .isEqualTo("First\nSecond");
        String words = "word ".repeat(100);
        assertThat(text("<table><tr><td><p>" + words + "</p><p>" + words + "</p></td><td>end</td></tr></table>")
                        .lines())
                .hasSize(3);
    }

    @Test
    void nestedTablesAreRead() {
        assertThat(text(
                        "<table><tr><td><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></td></tr>"
                                + "<tr><td>e</td></tr></table>"))
                .isEqualTo("a | b\nc | d\ne");
    }

    @Test
    void invisiblePartsAreDropped() {
        assertThat(
                        text(
                                "<head><title>t</title></head><script>s</script><style>c</style><p>a<span style='DISPLAY : none'>h</span>b"))
                .isEqualTo("ab");
        assertThat(text("<div style='display:none'>all there is</div>")).isEqualTo("all there is");
    }

    @Test
    void charactersAreNormalised() {
        assertThat(text("<p>a&nbsp;&#160; b\u200bc &#146;q&#151; &amp; &lt;x&gt; 10\u2011K \ud83d\ude00 \ud83d"))
                .isEqualTo("a bc \u2019q\u2014 & <x> 10-K \ud83d\ude00");
    }

    @Test
    void unclosedAndStrayTagsLoseNoText() {
        assertThat(text("</td>a<table><td>b<tr>c<td>d</p></div><b><i>e</b>f")).contains("a", "b", "c", "d", "e", "f");
    }

    @Test
    void pageNumbersRunningHeadsAndLinksToTheContentsGo() {
        StringBuilder html = new StringBuilder();
        for (int page = 1; page <= 6; page++) {
            html.append("<p><a href='#toc'>Table of Contents</a></p><p>Text ")
                    .append("abcdefg".charAt(page))
                    .append(" stays.</p>");
            html.append("<p>And ")
                    .append("abcdefg".charAt(page))
                    .append(" more, 12.</p><p>Fiction Inc. | 2025 Form 10-K | ")
                    .append(page)
                    .append("</p>");
            html.append("<p>").append(page).append("</p><hr style='page-break-after: always'>");
        }
        assertThat(text(html.toString()).lines())
                .hasSize(12)
                .allMatch(line -> line.endsWith("stays.") || line.startsWith("And"));
    }

    @Test
    void numbersAwayFromPageEndsStay() {
        assertThat(text("<p>a</p><p>12</p><p>b</p>")).isEqualTo("a\n12\nb");
    }

    @Test
    void factsAroundRowsStayInTheirPlace() {
        String html =
                "<html xmlns:ix=\"http://www.xbrl.org/2013/inlineXBRL\"><body><p>before</p><table><ix:nonNumeric name='x'>"
                        + "<tr><td>a</td><td>1</td></tr></ix:nonNumeric></table><p/><p>after</p></body></html>";
        assertThat(Lines.join(HtmlText.lines(HtmlText.parse(html, true)))).isEqualTo("before\na | 1\nafter");
    }

    @Test
    void preformattedTextIsJoinedToParagraphs() {
        assertThat(
                        text(
                                "<p>x</p><pre>\nThe quick brown fox jumps over the lazy dog and runs into\nthe wood.\n\nEnd.</pre>y"))
                .isEqualTo("x\nThe quick brown fox jumps over the lazy dog and runs into the wood.\nEnd.\ny");
    }
}
