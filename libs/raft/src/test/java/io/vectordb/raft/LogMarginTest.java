package io.vectordb.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogMarginTest {

    @Test
    void smallEntriesAreKeptByNumber() {
        LogMargin margin = new LogMargin(100, 1 << 20);
        for (int i = 0; i <= 1_000; i++) {
            margin.applied(i, 10);
        }
        assertThat(margin.purgeable(1_000)).isEqualTo(900);
        assertThat(margin.purgeable(50)).isNegative();
    }

    @Test
    void largeEntriesAreKeptByBytes() {
        LogMargin margin = new LogMargin(10_000, 1_000);
        for (int i = 0; i <= 100; i++) {
            margin.applied(i, 100);
        }
        assertThat(margin.purgeable(100)).isBetween(85L, 90L);
        assertThat(margin.purgeable(40)).isEqualTo(40);
    }
}
