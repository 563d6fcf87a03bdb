package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionsTest {

    private static final String WORDS = "Some sentences of plain text follow here. ".repeat(20);

    private static List<@Nullable String> labels(String text, String type) {
        List<Sections.Section> sections = Sections.of(text, type);
        int end = 0;
        for (Sections.Section section : sections) {
            assertThat(section.from()).isEqualTo(end);
            end = section.to();
        }
        assertThat(end).isEqualTo(text.length());
        return sections.stream().<@Nullable String>map(Sections.Section::label).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            Item 1A. Risk Factors ~ 1A
            ITEM 7 ~ 7
            Item 9A(T). Controls and Procedures ~ 9A
            Item 9A (T) \u2014 Controls and Procedures ~ 9A
            Item 1A. | Risk Factors ~ 1A
            PART I, ITEM 3. Legal Proceedings ~ 3
            Item5. Market for Registrant's Common Equity ~ 5
            ITEM 1.BUSINESS ~ 1
            Item 6. [Reserved] ~ 6
            Item 1. A Description of Business ~ 1
            """)
    void headingsAreRecognised(String heading, String label) {
        assertThat(labels("Cover\n" + heading + "\n" + WORDS, "10-K")).containsExactly(null, label);
    }

    @ParameterizedTest
    @CsvSource({
        "'Item 7, Management, describes this'", "'Item 1A of this report lists risks'", "'Items of interest'",
        "'Item 99. Nothing'", "'see Item 7. Management'", "'Item 7 and Item 8 contain more'"
    })
    void referencesAreNoHeadings(String line) {
        assertThat(labels("Cover\n" + line + "\n" + WORDS, "10-K").getFirst()).isNull();
        assertThat(labels("Cover\n" + line + "\n" + WORDS, "10-K")).hasSize(1);
    }

    @Test
    void tableOfContentsAndReferencesLoseAgainstHeadings() {
        String text =
                "Item 1. Business | 3\nItem 1A. Risk Factors | 5\nItem 2. Properties | 9\nItem 3. Legal Proceedings | 9\nItem 7. Management's Discussion | 12\n"
                        + "Item 1. Business\n" + WORDS + "\nItem 7. Management's Discussion explains this\n" + WORDS
                        + "\nItem 1A. Risk Factors\n" + WORDS
                        + "\nItem 2. Properties\nNone.\nItem 3. Legal Proceedings\nNone.\nPART II\nItem 7. Management's Discussion\n"
                        + WORDS
                        + "\nSIGNATURES\nBy: nobody";
        assertThat(labels(text, "10-K")).containsExactly(null, "1", "1A", "2", "3", "7", null);
        assertThat(Sections.of(text, "10-K").get(5).from()).isEqualTo(text.lastIndexOf("PART II"));
    }

    @Test
    void runningHeadsDoNotSplitAnItem() {
        String text = "Item 1. Business\n" + WORDS + "\nItem 1. Business (continued)\n" + WORDS
                + "\nItem 2. Properties\n" + WORDS;
        assertThat(labels(text, "10-K")).containsExactly("1", "2");
    }

    @Test
    void quarterlyItemsCarryTheirPart() {
        String text = "PART I\nItem 1. Financial Statements\n" + WORDS + "\nItem 2. Management's Discussion\n" + WORDS
                + "\nItem 4. Controls and Procedures\n" + WORDS + "\nPART II\nItem 1.\nLegal Proceedings\n" + WORDS
                + "\nItem 1A. Risk Factors\n" + WORDS + "\nItem 2. Unregistered Sales\nNone.\nItem 6. Exhibits\n"
                + WORDS;
        assertThat(labels(text, "10-Q"))
                .containsExactly(
                        "Part I 1", "Part I 2", "Part I 4", "Part II 1", "Part II 1A", "Part II 2", "Part II 6");
    }

    @Test
    void currentReportsHaveItemsInAnyOrder() {
        String text = "Cover\nItem 9.01 Financial Statements and Exhibits\n" + WORDS
                + "\nItem 5.02(e): Departure of Directors\n" + WORDS
                + "\nItem 7. Management's Discussion of the annual report\n" + WORDS + "\nItems 1.01 and 2.03 Entry\n"
                + WORDS + "\nSIGNATURE\nx";
        assertThat(labels(text, "8-K/A")).containsExactly(null, "9.01", "5.02", "1.01", null);
        assertThat(labels("Item 5. Other Events\n" + WORDS + "\nItem 7. Exhibits\n", "8-K"))
                .containsExactly("5", "7");
    }

    @Test
    void foreignReportsAreSplitAndExhibitsAreNot() {
        assertThat(labels(
                        "ITEM 3. KEY INFORMATION\n" + WORDS + "\nItem 4. Information on the Company\n" + WORDS
                                + "\nITEM 4A. UNRESOLVED STAFF COMMENTS\nNone.\nITEM 16G. CORPORATE GOVERNANCE\n"
                                + WORDS,
                        "20-F"))
                .containsExactly("3", "4", "4A", "16G");
        assertThat(labels("Item 1. Business\n" + WORDS, "EX-99.1")).hasSize(1);
        assertThat(Sections.of("", "10-K")).isEmpty();
    }
}
