package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PassageSplitterRandomizedTest {

    private static final String[] TOKENS = {
        "the",
        "company",
        "revenue.",
        "1,234,567",
        "|",
        "$(5)",
        "Inc.",
        "internationalisation",
        "x",
        "No!",
        "\u4e2d\u6587",
        "\ud83d\ude00"
    };

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int tokens = 1 + random.nextInt(1_500);
        for (int i = 0; i < tokens; i++) {
            text.append(text.isEmpty() ? "" : random.nextInt(25) == 0 ? "\n" : " ");
            String token = TOKENS[random.nextInt(TOKENS.length)];
            text.append(random.nextInt(200) == 0 ? token.repeat(1 + random.nextInt(800)) : token);
        }
        return text.toString();
    }

    @Test
    void passagesCoverAllTextWithinTheirBounds() {
        Random random = Seeds.random(PassageSplitterRandomizedTest.class);
        for (int round = 0; round < 300; round++) {
            String text = randomText(random);
            List<Passage> passages = new ArrayList<>();
            PassageSplitter.split(text, 0, text.length(), null, passages);
            StringBuilder whole = new StringBuilder();
            int end = 0;
            for (Passage passage : passages) {
                assertThat(passage.text()).isEqualTo(text.substring(passage.charStart(), passage.charEnd()));
                whole.append(text, end, passage.charStart()).append(passage.text());
                assertThat(text.substring(end, passage.charStart())).isIn("", " ", "\n");
                assertThat(pieces(passage.text())).isLessThanOrEqualTo(PassageSplitter.MAX_PIECES);
                end = passage.charEnd();
            }
            assertThat(whole.toString()).isEqualTo(text);
            Reading.assertBounds(new FilingDocument("a", null, passages));
        }
    }

    private static int pieces(String text) {
        int pieces = 0;
        for (String token : text.split("\\s+")) {
            pieces += WordPieces.estimate(token, 0, token.length());
        }
        return pieces;
    }

    @Test
    void plainProseMakesPassagesOfAHundredWordsOrMoreThatEndWithSentences() {
        String text = "The quick brown fox jumps over a lazy dog near the river bank today. "
                .repeat(100)
                .strip();
        List<Passage> passages = new ArrayList<>();
        PassageSplitter.split(text, 0, text.length(), "1", passages);
        assertThat(passages).allSatisfy(passage -> {
            assertThat(passage.text()).endsWith(".");
            assertThat(passage.text().split(" ").length)
                    .isBetween(PassageSplitter.MIN_WORDS, PassageSplitter.MAX_WORDS);
        });
        assertThat(passages.getFirst().text().split(" ").length).isGreaterThanOrEqualTo(100);
    }
}
