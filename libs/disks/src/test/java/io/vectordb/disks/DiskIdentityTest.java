package io.vectordb.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskIdentityTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        DiskIdentity identity = sample();
        identity.write(folder);
        assertThat(DiskIdentity.read(folder)).isEqualTo(identity);
    }

    @Test
    void everyFlippedBitAndEveryCutIsSeen() throws IOException {
        sample().write(folder);
        Path file = folder.resolve(DiskIdentity.FILE);
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, bad);
            assertThatThrownBy(() -> DiskIdentity.read(folder))
                    .as("bit %d", bit)
                    .isInstanceOf(IOException.class);
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(good, length));
            assertThatThrownBy(() -> DiskIdentity.read(folder))
                    .as("length %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    private DiskIdentity sample() {
        DiskId id = DiskId.random();
        return new DiskIdentity("node 1", id, Map.of(id, Path.of("/data/a b"), DiskId.random(), Path.of("/data/ü")));
    }
}
