package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Repository;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilingReaderRandomizedTest {

    private static final List<String> SAMPLES = List.of(
            "9999000001-26-000001/fictional-robotics-10k.htm", "fictional-chips-10q.htm", "9999000003-26-000001.txt");

    @TempDir
    private Path folder;

    @Test
    void damagedFilesNeverMakeTheReaderThrow() throws IOException {
        Random random = Seeds.random(FilingReaderRandomizedTest.class);
        FilingReader reader = new FilingReader();
        for (int round = 0; round < 600; round++) {
            byte[] bytes = Files.readAllBytes(
                    Repository.root().resolve("samples/filings").resolve(SAMPLES.get(round % 3)));
            bytes = damage(bytes, random);
            Path file = Files.write(
                    folder.resolve("round"), random.nextInt(4) == 0 ? damage(Reading.gzip(bytes), random) : bytes);
            switch (reader.read(file)) {
                case ReadResult.Skipped skipped ->
                    assertThat(skipped.reason()).isNotBlank().doesNotContain("internal error", "\n");
                case ReadResult.Filings filings ->
                    filings.filings().forEach(filing -> filing.documents().forEach(Reading::assertBounds));
            }
        }
    }

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        int changes = random.nextInt(4) == 0 ? 0 : random.nextInt(200);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> damaged[at] = (byte) "<>&;/\"'|\n".charAt(random.nextInt(9));
                default -> {
                    int length = Math.min(random.nextInt(60), damaged.length - Math.max(at, 0));
                    System.arraycopy(damaged, random.nextInt(damaged.length - length + 1), damaged, at, length);
                }
            }
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length + 1)) : damaged;
    }
}
