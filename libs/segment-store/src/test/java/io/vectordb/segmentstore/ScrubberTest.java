package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubberTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final Random random = Seeds.random(ScrubberTest.class);

    @TempDir
    private Path temp;

    private TestStore test;

    @BeforeEach
    void open() {
        test = TestStore.open(List.of(temp.resolve("a")));
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aPassReadsEveryFileOnceAndFindsWhatIsDamaged() {
        List<ContentHash> hashes = put(0, 1, 70_000, 3_000_000, 65_536);
        TestStore.flipBit(test.pathOf(hashes.get(3)), 8 * 2_999_999L);
        try (Scrubber scrubber = scrubber()) {
            runOut(scrubber);
            ScrubStatistics statistics = scrubber.statistics().getFirst();
            assertThat(statistics.passes()).isEqualTo(1);
            assertThat(statistics.verifiedFiles()).isEqualTo(4);
            assertThat(statistics.lostFiles()).isEqualTo(1);
            assertThat(statistics.verifiedBytes()).isEqualTo(1 + 70_000 + 65_536 + 2 * (1 << 20));
            assertThat(test.lost).extracting(LostFile::hash).containsExactly(hashes.get(3));
            assertThat(scrubber.step()).isZero();
        }
    }

    @Test
    void theNextPassComesWhenItsTimeHasCome() {
        put(100);
        try (Scrubber scrubber = scrubber()) {
            runOut(scrubber);
            assertThat(scrubber.step()).isZero();
            test.clock.advance(DAY);
            assertThat(scrubber.step()).isPositive();
        }
    }

    @Test
    void aRestartGoesOnInTheMiddleOfAFile() {
        put(3_500_000);
        try (Scrubber scrubber = scrubber()) {
            scrubber.step();
            scrubber.step();
            assertThat(scrubber.statistics().getFirst().positionBytes()).isEqualTo(2 << 20);
        }
        test.close();
        test = TestStore.open(List.of(temp.resolve("a")), test.clock);
        try (Scrubber scrubber = scrubber()) {
            assertThat(scrubber.statistics().getFirst().positionBytes()).isEqualTo(2 << 20);
            runOut(scrubber);
            ScrubStatistics statistics = scrubber.statistics().getFirst();
            assertThat(statistics.passes()).isEqualTo(1);
            assertThat(statistics.verifiedBytes()).isEqualTo(3_500_000 - (2 << 20));
        }
    }

    @Test
    void aFileThatIsDeletedInTheMiddleIsPassedOver() {
        put(3_500_000, 10);
        try (Scrubber scrubber = scrubber()) {
            scrubber.step();
            test.clock.advance(TestStore.GRACE.plusMillis(1));
            test.store.collect(java.util.Set.of());
            runOut(scrubber);
            assertThat(scrubber.statistics().getFirst().passes()).isEqualTo(1);
            assertThat(test.lost).isEmpty();
        }
    }

    @Test
    void inTheBackgroundItKeepsToItsRate() {
        put(500_000, 500_000, 500_000, 500_000, 500_000);
        long start = System.nanoTime();
        try (Scrubber scrubber = new Scrubber(test.store, new ScrubSettings(5_000_000, DAY, Clock.systemUTC()))) {
            scrubber.start();
            while (scrubber.statistics().getFirst().passes() == 0) {
                assertThat(System.nanoTime() - start)
                        .isLessThan(Duration.ofSeconds(60).toNanos());
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(450));
    }

    private List<ContentHash> put(int... sizes) {
        List<ContentHash> hashes = new ArrayList<>();
        for (int size : sizes) {
            hashes.add(test.store.put(TestStore.bytes(random, size)));
        }
        return hashes;
    }

    private Scrubber scrubber() {
        return new Scrubber(test.store, new ScrubSettings(1, DAY, test.clock));
    }

    private static void runOut(Scrubber scrubber) {
        while (scrubber.step() > 0) {
            // Until the pass is over.
        }
    }
}
