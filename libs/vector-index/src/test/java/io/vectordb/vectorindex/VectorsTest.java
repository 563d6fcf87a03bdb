package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorsTest {

    @ParameterizedTest
    @EnumSource
    void aWrongDimensionIsNamedWithBothValues(Metric metric) {
        assertThatThrownBy(() -> Vectors.validate(metric, 3, new float[] {1, 2}))
                .isInstanceOfSatisfying(VectorDbException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
                    assertThat(e.metadata()).containsEntry("expected", "3").containsEntry("received", "2");
                })
                .hasMessage("expected dimension 3, received 2");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aComponentThatIsNotFiniteIsNamedWithItsIndex(float component) {
        assertThatThrownBy(() -> Vectors.validate(Metric.L2, 3, new float[] {1, 2, component}))
                .isInstanceOf(VectorDbException.class)
                .hasMessageContaining(component + " at index 2")
                .extracting("code")
                .isEqualTo(ErrorCode.NON_FINITE_VECTOR);
    }

    @Test
    void zerosHaveNoDirectionUnderCosineOnly() {
        assertThatThrownBy(() -> Vectors.validate(Metric.COSINE, 2, new float[] {0f, -0f}))
                .isInstanceOf(VectorDbException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.ZERO_VECTOR);
        assertThatCode(() -> Vectors.validate(Metric.COSINE, 2, new float[] {0, Float.MIN_VALUE}))
                .doesNotThrowAnyException();
        assertThatCode(() -> Vectors.validate(Metric.L2, 2, new float[2])).doesNotThrowAnyException();
        assertThatCode(() -> Vectors.validate(Metric.DOT, 2, new float[2])).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void anEncodingKeepsWhatIsFiniteFinite(VectorEncoding encoding) {
        for (float value : new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 3.3961e38f, 3.39e38f, 1, Float.MIN_VALUE}) {
            float rounded = encoding.rounded(value);
            assertThat(rounded).isFinite();
            assertThat(Math.signum(rounded) * Math.signum(value)).isNotNegative();
        }
    }
}
