package io.vectordb.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CurveTest {

    private final Curve curve =
            new Curve(List.of(new Curve.Point(0.8, 1_000), new Curve.Point(0.9, 100), new Curve.Point(1.0, 10)));

    @Test
    void betweenPointsTheLogarithmOfTheRateIsLinearInRecall() {
        assertThat(curve.at(0.85).orElseThrow().qps()).isCloseTo(Math.sqrt(1_000 * 100), within(1e-6));
        assertThat(curve.at(0.925).orElseThrow().qps()).isCloseTo(Math.pow(10, 1.75), within(1e-6));
    }

    @Test
    void atAPointItIsThatOfThePoint() {
        assertThat(curve.at(0.9).orElseThrow().qps()).isCloseTo(100, within(1e-9));
        assertThat(curve.at(0.8)).contains(new Curve.Rate(1_000, false));
    }

    @Test
    void aRecallBelowTheFirstPointHasAtLeastItsRate() {
        assertThat(curve.at(0.5)).contains(new Curve.Rate(1_000, true));
    }

    @Test
    void aRecallAboveTheLastPointIsNotReached() {
        assertThat(new Curve(List.of(new Curve.Point(0.8, 1_000))).at(0.9)).isEmpty();
    }
}
