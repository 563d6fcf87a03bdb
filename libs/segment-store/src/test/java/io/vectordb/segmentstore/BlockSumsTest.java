package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockSumsTest {

    private final Random random = Seeds.random(BlockSumsTest.class);

    @Test
    void whatIsEncodedIsDecodedForAllSizesAroundABlock() throws IOException {
        for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 131_072, 300_000}) {
            byte[] content = TestStore.bytes(random, size);
            BlockSums sums = BlockSums.decode(build(content).encode().array());
            assertThat(sums.hash()).isEqualTo(ContentHash.of(content));
            assertThat(sums.size()).isEqualTo(size);
            assertThat(sums.blocks()).isEqualTo((size + 65_535) / 65_536);
            for (int block = 0; block < sums.blocks(); block++) {
                ByteBuffer bytes = ByteBuffer.wrap(content, block * 65_536, sums.blockLength(block));
                assertThat(sums.matches(block, bytes)).isTrue();
            }
        }
    }

    @Test
    void theSumsDoNotDependOnHowTheContentCame() {
        byte[] content = TestStore.bytes(random, 400_000);
        BlockSums.Builder builder = new BlockSums.Builder();
        for (int at = 0; at < content.length; ) {
            int n = Math.min(content.length - at, 1 + random.nextInt(100_000));
            builder.update(ByteBuffer.wrap(content, at, n));
            at += n;
        }
        assertThat(builder.build(ContentHash.of(content)).encode().array())
                .isEqualTo(build(content).encode().array());
    }

    @Test
    void everyFlippedBitOfTheSumsAndEveryCutIsSeen() {
        byte[] good = build(TestStore.bytes(random, 200_000)).encode().array();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> BlockSums.decode(bad)).as("bit %d", bit).isInstanceOf(IOException.class);
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> BlockSums.decode(cut))
                    .as("length %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void theFormatIsTheOneThatIsWrittenDown() {
        ByteBuffer encoded = build(new byte[] {'a', 'b', 'c'}).encode();
        assertThat(java.util.HexFormat.of().formatHex(encoded.array()))
                .isEqualTo("56444253" + "01000000" + "00000100" + "01000000" + "0300000000000000"
                        + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                        + "b73f4b36"
                        + "%08x".formatted(Integer.reverseBytes(encoded.getInt(encoded.limit() - 4))));
    }

    private static BlockSums build(byte[] content) {
        BlockSums.Builder builder = new BlockSums.Builder();
        builder.update(ByteBuffer.wrap(content));
        return builder.build(ContentHash.of(content));
    }
}
