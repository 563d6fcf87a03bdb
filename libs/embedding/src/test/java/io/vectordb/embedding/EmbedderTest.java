package io.vectordb.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.embedding.Embedder.Priority;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EmbedderTest {

    private static final Embedder EMBEDDER = new Embedder(2);
    private static final String MODEL = "all-minilm-l6-v2";

    @AfterAll
    static void close() {
        EMBEDDER.close();
    }

    @Test
    void vectorsHaveTheDeclaredDimensionAndUnitLength() {
        float[] vector = embed("Supply of advanced chips was constrained.");
        assertThat(vector).hasSize(384);
        assertThat(dot(vector, vector)).isCloseTo(1.0, org.assertj.core.data.Offset.offset(1e-4));
    }

    @Test
    void textsOfOneMeaningAreNearerThanTextsOfTwo() {
        float[] query = embed("shortage of semiconductors");
        assertThat(dot(query, embed("Chip supply was constrained in the first half.")))
                .isGreaterThan(dot(query, embed("A court dismissed the claim.")));
    }

    @Test
    void theSameTextGivesTheSameVector() {
        assertThat(embed("Revenue grew on services.")).isEqualTo(embed("Revenue grew on services."));
    }

    @Test
    void aTextBeyondTheWindowIsRefusedWithBothCounts() {
        assertThatThrownBy(() -> embed("chip ".repeat(511)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(VectorDbException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TEXT_TOO_LONG);
                    assertThat(e.getMessage()).contains("511").contains("510");
                });
        assertThat(embed("chip ".repeat(510))).hasSize(384);
    }

    @Test
    void whatIsToldOfAModelIsWhatItIs() {
        EmbeddingModel model = MiniLm.load();
        assertThat(EMBEDDER.model(MODEL))
                .contains(new Embedder.ModelInfo(model.name(), model.dimension(), model.maxTokens()));
    }

    private static float[] embed(String text) {
        return EMBEDDER.embed(MODEL, text, Priority.QUERY).join();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
