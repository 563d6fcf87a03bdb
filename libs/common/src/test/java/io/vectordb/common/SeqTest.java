package io.vectordb.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeqTest {

    @Test
    void comesBackFromItsNumber() {
        Seq seq = new Seq(8_191, (1L << 40) - 1);
        assertThat(Seq.ofLong(seq.asLong())).isEqualTo(seq);
        assertThat(seq.asLong()).isLessThan(1L << 53);
    }

    @Test
    void aLaterIncarnationIsNewerWhateverItsLogIndex() {
        assertThat(new Seq(2, 0)).isGreaterThan(new Seq(1, 1_000_000));
    }
}
