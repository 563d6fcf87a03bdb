package io.vectordb.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipDecoderTest {

    private static final byte[] TEXT = "all shards answered ".repeat(5_000).getBytes(StandardCharsets.UTF_8);

    private static byte[] decode(byte[] packed, int pieceBytes, boolean isWhole) throws DataFormatException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipDecoder decoder = new GzipDecoder()) {
            for (int at = 0; at < packed.length; at += pieceBytes) {
                decoder.feed(Arrays.copyOfRange(packed, at, Math.min(packed.length, at + pieceBytes)), out::writeBytes);
            }
            assertThat(decoder.isWhole()).isEqualTo(isWhole);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void membersUnpackInPiecesOfAnySize(int pieceBytes) throws DataFormatException {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(Gzip.deflate(TEXT));
        two.writeBytes(Gzip.deflate("end".getBytes(StandardCharsets.UTF_8)));
        assertThat(new String(decode(two.toByteArray(), pieceBytes, true), StandardCharsets.UTF_8))
                .isEqualTo(new String(TEXT, StandardCharsets.UTF_8) + "end");
    }

    @Test
    void namesInTheHeaderAreSkipped() throws DataFormatException {
        byte[] plain = Gzip.deflate(TEXT);
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.writeBytes(HexFormat.of().parseHex("1f8b080e000000000003" + "0200aabb" + "610000" + "0000"));
        named.write(plain, 10, plain.length - 10);
        byte[] header = named.toByteArray();
        header[3] = 4 + 8 + 2;
        assertThat(decode(withoutSecondZero(header), 3, true)).isEqualTo(TEXT);
    }

    /** The name is one letter and its end, then two bytes of checksum follow. */
    private static byte[] withoutSecondZero(byte[] packed) {
        byte[] shorter = Arrays.copyOf(packed, packed.length - 1);
        System.arraycopy(packed, 17, shorter, 16, packed.length - 17);
        return shorter;
    }

    @Test
    void whatIsCutIsNotWhole() throws DataFormatException {
        byte[] packed = Gzip.deflate(TEXT);
        for (int cut : new int[] {0, 5, 20, packed.length - 8, packed.length - 1}) {
            decode(Arrays.copyOf(packed, cut), 64, false);
        }
    }

    @Test
    void damageIsNoticed() {
        byte[] packed = Gzip.deflate(TEXT);
        packed[packed.length - 6] ^= 1;
        assertThatThrownBy(() -> decode(packed, 64, true)).hasMessageContaining("checksum");
        assertThatThrownBy(() -> decode("{}{}{}{}{}{}".getBytes(StandardCharsets.UTF_8), 64, true))
                .hasMessageContaining("begin");
    }
}
