package io.vectordb.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeIsFoundByItsName(ErrorCode code) {
        assertThat(ErrorCode.byName(code.name())).contains(code);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void onlyWhatMayPassByItselfIsRetryable(ErrorCode code) {
        if (code.retryable()) {
            assertThat(code.httpStatus()).isIn(429, 503, 504);
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void theSlugIsKebabCase(ErrorCode code) {
        assertThat(code.slug()).matches("[a-z]+(-[a-z]+)*");
    }
}
