package io.vectordb.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class EngineResultTest {

    @Test
    void ratiosAreTakenWithinRounds() {
        EngineResult fast = engine(400, 100, 300);
        EngineResult slow = engine(200, 100, 100);
        assertThat(fast.ratios(slow, 0.9)).containsExactly(2.0, 1.0, 3.0);
        assertThat(fast.beams().getFirst().qps()).isEqualTo(300);
        assertThat(fast.spread()).isEqualTo(3);
    }

    @Test
    void aRecallThatIsNotReachedHasNoRatios() {
        assertThat(engine(1, 2).ratios(engine(1, 2), 0.95)).isEmpty();
    }

    @Test
    void theMedianOfAnEvenNumberIsInTheMiddle() {
        assertThat(Statistics.median(4, 1, 3, 2)).isEqualTo(2.5);
        assertThat(Statistics.median()).isNaN();
    }

    private static EngineResult engine(double... rates) {
        List<Pass> passes = DoubleStream.of(rates)
                .mapToObj(rate -> new Pass(rate, 0.9, 1, 2))
                .toList();
        return new EngineResult("e", "E", false, "1", List.of(), List.of(new BeamResult(10, passes)));
    }
}
