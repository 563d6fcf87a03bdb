package io.vectordb.segmentstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.VectorDbException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentManifestTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @Test
    void theFormatIsTheOneThatIsWrittenDown() {
        SegmentManifest manifest = new SegmentManifest(Map.of(
                "vectors.idx", new SegmentManifest.Entry(new ContentHash(B), 1234),
                "_0.cfs", new SegmentManifest.Entry(new ContentHash(A), 0)));

        String text = "vectordb-segment 1\n" + A + " 0 _0.cfs\n" + B + " 1234 vectors.idx\n";
        assertThat(new String(manifest.encode(), US_ASCII)).isEqualTo(text);
        assertThat(SegmentManifest.decode(text.getBytes(US_ASCII))).isEqualTo(manifest);
        assertThat(manifest.sizeBytes()).isEqualTo(1234);
    }

    @Test
    void aSegmentMayHaveNoFiles() {
        assertThat(SegmentManifest.decode("vectordb-segment 1\n".getBytes(US_ASCII))
                        .files())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "vectordb-segment 2\n",
                "vectordb-segment 1",
                "vectordb-segment 1\n\n",
                "vectordb-segment 1\r\n",
                "vectordb-segment 1\nA0 1 x\n",
                "vectordb-segment 1\nA 01 x\n",
                "vectordb-segment 1\nA -1 x\n",
                "vectordb-segment 1\nA 9999999999999999999 x\n",
                "vectordb-segment 1\nA 1 ../x\n",
                "vectordb-segment 1\nA 1 .x\n",
                "vectordb-segment 1\nA 1 x/y\n",
                "vectordb-segment 1\nA 1 x y\n",
                "vectordb-segment 1\nA 1 y\nA 1 x\n",
                "vectordb-segment 1\nA 1 x\nA 1 x\n",
                "vectordb-segment 1\nA 1 x",
            })
    void anythingElseIsRefused(String text) {
        byte[] bytes = text.replace("A", A).getBytes(US_ASCII);
        assertThatThrownBy(() -> SegmentManifest.decode(bytes)).isInstanceOf(VectorDbException.class);
    }
}
