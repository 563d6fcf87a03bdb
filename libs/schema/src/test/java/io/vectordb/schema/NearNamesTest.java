package io.vectordb.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearNamesTest {

    @Test
    void nearestComesFirstAndAtMostThree() {
        assertThat(NearNames.of("filngs", List.of("filing", "filings", "companies")))
                .containsExactly("filings", "filing");
        assertThat(NearNames.of("aaaaaa", List.of("aaaaab", "aaaaac", "aaaaad", "aaaaae")))
                .hasSize(3);
    }

    @Test
    void swapsCaseAndBeginningsAreNear() {
        assertThat(NearNames.of("form", List.of("from"))).containsExactly("from");
        assertThat(NearNames.of("FORM", List.of("form"))).containsExactly("form");
        assertThat(NearNames.of("fisc", List.of("fiscal_year"))).containsExactly("fiscal_year");
    }

    @Test
    void whatIsFarIsNotNamed() {
        assertThat(NearNames.of("xyz", List.of("form", "company"))).isEmpty();
        assertThat(NearNames.of("", List.of("form"))).isEmpty();
        assertThat(NearNames.of("a".repeat(65), List.of("a".repeat(64)))).isEmpty();
    }

    @Test
    void asksForWhatWasMeant() {
        assertThat(NearNames.didYouMean(List.of())).isEmpty();
        assertThat(NearNames.didYouMean(List.of("a"))).isEqualTo("did you mean a?");
        assertThat(NearNames.didYouMean(List.of("a", "b", "c"))).isEqualTo("did you mean a, b or c?");
    }
}
