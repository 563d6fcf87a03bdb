package io.vectordb.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private long nanos;

    @Test
    void aLimitHoldsCallersUntilTheirBytesFit() {
        Pace limit = new Pace.Limit(1_000, () -> nanos, wait -> nanos += wait);
        for (int i = 0; i < 10; i++) {
            limit.passed(500);
        }
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void timeWithoutBytesIsNotSaved() {
        Pace limit = new Pace.Limit(1_000, () -> nanos, wait -> nanos += wait);
        nanos = Duration.ofHours(1).toNanos();
        limit.passed(2_000);
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofHours(1).plusSeconds(2));
    }
}
