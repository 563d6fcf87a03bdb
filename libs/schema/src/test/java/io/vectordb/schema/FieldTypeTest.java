package io.vectordb.schema;

import static io.vectordb.schema.TestValues.violation;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.schema.FieldType.VectorType;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTypeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyword",
                "text",
                "int32",
                "int64",
                "float64",
                "decimal(38,6)",
                "bool",
                "date",
                "timestamp",
                "json",
                "object",
                "geo_point",
                "vector(384)",
                "keyword[]",
                "decimal(5,0)[]",
                "object[]",
                "json[]"
            })
    void canonicalWordsReadBackAsThemselves(String word) {
        assertThat(FieldType.parse(word).word()).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "VARCHAR; keyword",
                "String; keyword",
                "VARCHAR(20); keyword",
                "CLOB; text",
                "INTEGER; int32",
                "BIGINT; int64",
                "DOUBLE   PRECISION; float64",
                "NUMERIC(10, 2); decimal(10,2)",
                "Decimal ( 10 , 2 ); decimal(10,2)",
                "BOOLEAN; bool",
                "Date; date",
                "TIMESTAMP; timestamp",
                "bigint ARRAY; int64[]",
                "KEYWORD []; keyword[]",
                "Vector( 3 ); vector(3)",
            })
    void sqlSpellingsAreReadInAnyCase(String written, String word) {
        assertThat(FieldType.parse(written).word()).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "keywrod; did you mean keyword?",
                "int46; did you mean int64?",
                "int; did you mean int32 or int64?",
                "double; did you mean float64?",
                "datetime; did you mean timestamp?",
                "decimal; write the digits in all and after the point: decimal(38,6)",
                "decimal(10); write the digits in all and after the point: decimal(38,6)",
                "vector; write the dimension: vector(384)",
                "zzz; ''",
            })
    void unknownWordsAreRefusedWithWhatIsNear(String written, String hint) {
        Violation violation = violation(() -> FieldType.parse(written));
        assertThat(violation.code()).isEqualTo(ErrorCode.INVALID_SCHEMA);
        assertThat(violation.message()).isEqualTo("there is no type '" + written + "'");
        assertThat(violation.hint()).isEqualTo(hint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vector(0)",
                "vector(4097)",
                "vector(99999999999)",
                "decimal(39,0)",
                "decimal(5,6)",
                "decimal(0,0)",
                "varchar(0)",
                "keyword[][]",
                "",
                "keyword(3)"
            })
    void typesOutsideTheirLimitsAreRefused(String written) {
        assertThat(violation(() -> FieldType.parse(written)).code()).isEqualTo(ErrorCode.INVALID_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector(3)[]", "sparse_vector", "bytes", "bytes[]"})
    void typesOfLaterReleasesAreNotAvailable(String written) {
        assertThat(violation(() -> FieldType.parse(written)).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void singleIsTheTypeOfOneElement() {
        assertThat(FieldType.parse("keyword[]").single()).isEqualTo(new Keyword());
        assertThat(FieldType.parse("keyword").single()).isEqualTo(new Keyword());
    }

    @Test
    void arraysHoldNeitherArraysNorVectors() {
        Assertions.assertThatIllegalArgumentException().isThrownBy(() -> new ArrayType(new VectorType(3)));
        Assertions.assertThatIllegalArgumentException().isThrownBy(() -> new ArrayType(new ArrayType(new Keyword())));
    }
}
