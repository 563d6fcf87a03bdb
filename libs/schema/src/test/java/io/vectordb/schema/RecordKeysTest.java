package io.vectordb.schema;

import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.date;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.violation;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Murmur2;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.RecordKey;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordKeysTest {

    private final CollectionSchema strings = compiled(field("id", "keyword"));
    private final CollectionSchema ints = compiled(field("id", "int64"));

    @Test
    void bytesAreThoseOfTheFormat() {
        assertThat(HexFormat.of().formatHex(RecordKeys.encode(RecordKeys.ofInt(-2))))
                .isEqualTo("017ffffffffffffffe");
        assertThat(HexFormat.of().formatHex(RecordKeys.encode(RecordKeys.ofInt(1))))
                .isEqualTo("018000000000000001");
        assertThat(HexFormat.of().formatHex(RecordKeys.encode(RecordKeys.ofString("aé"))))
                .isEqualTo("0261c3a9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "01ff", "03616263"})
    void otherBytesAreCorrupt(String hex) {
        Assertions.assertThatThrownBy(() -> RecordKeys.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT));
    }

    @Test
    void bucketIsThatOfTheText() {
        assertThat(RecordKeys.text(RecordKeys.ofInt(-42))).isEqualTo("-42");
        assertThat(RecordKeys.bucket(RecordKeys.ofInt(-42), 64)).isEqualTo(Murmur2.bucket("-42".getBytes(UTF_8), 64));
        assertThat(RecordKeys.bucket(RecordKeys.ofString("é"), 64)).isEqualTo(Murmur2.bucket("é".getBytes(UTF_8), 64));
    }

    @Test
    void valuesAndKeysTurnIntoEachOther() {
        for (RecordKey key : List.of(RecordKeys.ofInt(7), RecordKeys.ofString("7"))) {
            assertThat(RecordKeys.of(RecordKeys.value(key))).isEqualTo(key);
        }
        assertThat(violation(() -> RecordKeys.of(date("2024-09-28"))).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(RecordKeys.of(integer(7))).isEqualTo(RecordKeys.ofInt(7));
        assertThat(RecordKeys.of(text("7"))).isEqualTo(RecordKeys.ofString("7"));
    }

    @Test
    void keysAreReadAsTheColumnHasThem() {
        assertThat(RecordKeys.coerce(ints, RecordKeys.ofString("-7"))).isEqualTo(RecordKeys.ofInt(-7));
        assertThat(RecordKeys.coerce(ints, RecordKeys.ofInt(7))).isEqualTo(RecordKeys.ofInt(7));
        assertThat(RecordKeys.coerce(strings, RecordKeys.ofString("7"))).isEqualTo(RecordKeys.ofString("7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "7.0", "007", "+7", "", "１"})
    void otherTextIsNoInt(String key) {
        Violation violation = violation(() -> RecordKeys.coerce(ints, RecordKeys.ofString(key)));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.path()).isEqualTo("key");
    }

    @Test
    void keysOfTheWrongKindAreRefused() {
        Violation violation = violation(() -> RecordKeys.coerce(strings, RecordKeys.ofInt(42)));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.hint()).isEqualTo("write \"42\"");
        assertThat(violation(() -> RecordKeys.coerce(strings, RecordKey.getDefaultInstance()))
                        .code())
                .isEqualTo(ErrorCode.MISSING_MEMBER);
        RecordKey composite =
                RecordKey.newBuilder().setComposite(ListValue.newBuilder()).build();
        assertThat(violation(() -> RecordKeys.coerce(strings, composite)).code())
                .isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void stringsHaveOneTo512Bytes() {
        assertThat(violation(() -> RecordKeys.coerce(strings, RecordKeys.ofString("")))
                        .code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(RecordKeys.coerce(strings, RecordKeys.ofString("é".repeat(256)))
                        .getStringKey())
                .hasSize(256);
        Violation violation = violation(() -> RecordKeys.coerce(strings, RecordKeys.ofString("é".repeat(257))));
        assertThat(violation.code()).isEqualTo(ErrorCode.KEY_TOO_LONG);
        assertThat(violation.message()).isEqualTo("expected a key of at most 512 bytes, received 514");
        assertThat(violation(() -> RecordKeys.coerce(strings, RecordKeys.ofString("a\udc00")))
                        .code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
    }
}
