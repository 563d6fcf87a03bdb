package io.vectordb.schema;

import static io.vectordb.schema.TestValues.bool;
import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.date;
import static io.vectordb.schema.TestValues.decimal;
import static io.vectordb.schema.TestValues.embedded;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.geo;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.number;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.required;
import static io.vectordb.schema.TestValues.strict;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.timestamp;
import static io.vectordb.schema.TestValues.violation;
import static io.vectordb.schema.TestValues.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ShardCommand;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.Arrays;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCoercionTest {

    private static Value coerced(String type, Value value) {
        CollectionSchema schema = compiled(field("id", "keyword"), field("f", type));
        Coerced coerced = RecordCoercion.coerce(schema, fields("id", text("k"), "f", value));
        assertThat(coerced.newFields()).isEmpty();
        return coerced.fields().getValuesOrThrow("f");
    }

    private static Violation refused(String type, Value value) {
        Violation violation = violation(() -> coerced(type, value));
        assertThat(violation.path()).startsWith("f");
        return violation;
    }

    @Test
    void textStaysAsItIs() {
        assertThat(coerced("keyword", text("é"))).isEqualTo(text("é"));
        assertThat(coerced("text", text(""))).isEqualTo(text(""));
        Violation violation = refused("keyword", integer(42));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.message()).isEqualTo("expected keyword, received the integer 42");
        assertThat(violation.hint()).isEqualTo("write \"42\"");
    }

    @Test
    void textHasALargestLengthInBytes() {
        assertThat(coerced("keyword", text("é".repeat(16_383))).getStringValue())
                .hasSize(16_383);
        Violation keyword = refused("keyword", text("é".repeat(16_383) + "a"));
        assertThat(keyword.code()).isEqualTo(ErrorCode.TEXT_TOO_LONG);
        assertThat(keyword.message()).isEqualTo("expected at most 32766 bytes of keyword, received 32767");
        assertThat(refused("text", text("a".repeat((1 << 20) + 1))).code()).isEqualTo(ErrorCode.TEXT_TOO_LONG);
    }

    @Test
    void loneSurrogatesAreRefusedEverywhere() {
        for (String bad : new String[] {"\ud800", "a\udc00", "\ud800\ud800\udc00"}) {
            assertThat(refused("keyword", text(bad)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(refused("json", text(bad)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(refused("json", object(bad, nothing())).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
        assertThat(coerced("keyword", text("\ud83d\ude00"))).isEqualTo(text("\ud83d\ude00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-2147483648", "2147483647"})
    void integersAreReadFromIntsAndDigits(String digits) {
        Value expected = integer(Integer.parseInt(digits));
        assertThat(coerced("int32", expected)).isEqualTo(expected);
        assertThat(coerced("int32", text(digits))).isEqualTo(expected);
        assertThat(coerced("int64", decimal(digits))).isEqualTo(expected);
    }

    @Test
    void integersHaveTheRangeOfTheirType() {
        assertThat(refused("int32", integer(1L << 31)).message()).isEqualTo("2147483648 is beyond the range of int32");
        assertThat(refused("int64", text("9223372036854775808")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(coerced("int64", text("-9223372036854775808"))).isEqualTo(integer(Long.MIN_VALUE));
    }

    @Test
    void numbersWithAFractionAreNoIntegers() {
        assertThat(refused("int64", decimal("5.0")).hint()).isEqualTo("write 5");
        assertThat(refused("int64", number(5)).hint()).isEqualTo("write 5");
        assertThat(refused("int32", number(5.5)).hint()).isEmpty();
        assertThat(refused("int32", text("abc")).message()).isEqualTo("expected int32, received the text 'abc'");
        assertThat(refused("int32", bool(true)).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused("int32", date("2024-09-28")).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void float64TakesEveryFiniteNumber() {
        assertThat(coerced("float64", integer(3))).isEqualTo(number(3));
        assertThat(coerced("float64", decimal("0.1"))).isEqualTo(number(0.1));
        assertThat(coerced("float64", decimal("-1e3"))).isEqualTo(number(-1_000));
        assertThat(coerced("float64", number(-0.0))).isEqualTo(number(-0.0));
        assertThat(refused("float64", text("1.5")).hint()).isEqualTo("write 1.5 without quotes");
        for (Value bad :
                new Value[] {number(Double.NaN), number(Double.NEGATIVE_INFINITY), decimal("1e999"), decimal("x")}) {
            assertThat(refused("float64", bad).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 1.50",
        "-1.50, -1.50",
        "12345678, 12345678.00",
        "1e3, 1000.00",
        "150e-2, 1.50",
        "-0.00, 0.00",
        "0, 0.00"
    })
    void decimalsGetExactlyTheirPlaces(String written, String canonical) {
        assertThat(coerced("decimal(10,2)", decimal(written))).isEqualTo(decimal(canonical));
        assertThat(coerced("decimal(10,2)", text(written))).isEqualTo(decimal(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.005", "1.500", "123456789", "1e8", "1e999999999", "1e99999999999", "0e999999999", "1e-3"})
    void decimalsAreNotRounded(String written) {
        assertThat(refused("decimal(10,2)", decimal(written)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void decimalsTakeDigitsAndNoDoubles() {
        assertThat(coerced("decimal(10,2)", integer(-7))).isEqualTo(decimal("-7.00"));
        assertThat(coerced("decimal(6,6)", decimal("0.5"))).isEqualTo(decimal("0.500000"));
        assertThat(coerced("decimal(38,0)", decimal("9".repeat(38)))).isEqualTo(decimal("9".repeat(38)));
        assertThat(refused("decimal(38,0)", decimal("9".repeat(39))).message())
                .isEqualTo("expected at most 38 digits before the point of decimal(38,0), received 39");
        assertThat(refused("decimal(10,2)", decimal("1.005")).message())
                .isEqualTo("expected at most 2 places of decimal(10,2), received 3");
        assertThat(refused("decimal(10,2)", number(1.5)).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused("decimal(10,2)", text("1,5")).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused("decimal(10,2)", text("9".repeat(100_000))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void boolsAreBools() {
        assertThat(coerced("bool", bool(false))).isEqualTo(bool(false));
        assertThat(refused("bool", text("true")).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused("bool", integer(1)).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-02-29", "0001-01-01", "9999-12-31"})
    void datesAreDaysOfTheYears1To9999(String day) {
        assertThat(coerced("date", text(day))).isEqualTo(date(day));
        assertThat(coerced("date", date(day))).isEqualTo(date(day));
    }

    @ParameterizedTest
    @CsvSource({
        "28.9.2024, write 2024-09-28",
        "9/28/2024, write 2024-09-28",
        "28/9/2024, write 2024-09-28",
        "1/2/2024, write it as in 2024-09-28",
        "3/3/2024, write 2024-03-03",
        "2024/9/28, write 2024-09-28",
        "20240928, write 2024-09-28",
        "2024-09-28T10:00:00Z, write 2024-09-28",
        "2023-02-29, write it as in 2024-09-28",
        "0000-01-01, write it as in 2024-09-28",
        "soon, write it as in 2024-09-28"
    })
    void otherTextIsNoDate(String written, String hint) {
        Violation violation = refused("date", text(written));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.message()).isEqualTo("'" + written + "' is not a date");
        assertThat(violation.hint()).isEqualTo(hint);
        assertThat(refused("date", date(written)).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @ParameterizedTest
    @CsvSource({
        "2024-09-28T10:00:00Z, 1727517600, 0",
        "2024-09-28t10:00:00z, 1727517600, 0",
        "2024-09-28 12:00:00+02:00, 1727517600, 0",
        "2024-09-28T10:00:00.123456Z, 1727517600, 123456000",
        "1969-12-31T23:59:59.5Z, -1, 500000000",
        "0001-01-01T00:00:00Z, -62135596800, 0",
        "9999-12-31T23:59:59.999999Z, 253402300799, 999999000"
    })
    void timestampsAreUtcMicroseconds(String written, long seconds, int nanos) {
        assertThat(coerced("timestamp", text(written))).isEqualTo(timestamp(seconds, nanos));
        assertThat(coerced("timestamp", timestamp(seconds, nanos))).isEqualTo(timestamp(seconds, nanos));
    }

    @ParameterizedTest
    @CsvSource({
        "2024-09-28, write 2024-09-28T00:00:00Z",
        "2024-09-28T10:00:00, a zone is needed: 2024-09-28T10:00:00Z",
        "2024-09-28 10:00, a zone is needed: 2024-09-28T10:00:00Z",
        "noon, write it as in 2024-09-28T10:00:00Z",
        "2024-09-28T24:00:00Z, ''",
        "2024-13-28T10:00:00Z, ''"
    })
    void otherTextIsNoTimestamp(String written, String hint) {
        Violation violation = refused("timestamp", text(written));
        assertThat(violation.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(violation.message()).isEqualTo("'" + written + "' is not a timestamp");
        assertThat(violation.hint()).isEqualTo(hint);
    }

    @Test
    void timestampsAreNotRoundedAndLieInRange() {
        Violation violation = refused("timestamp", text("2024-09-28T10:00:00.123456789Z"));
        assertThat(violation.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(violation.hint()).isEqualTo("write 2024-09-28T10:00:00.123456Z");
        assertThat(refused("timestamp", timestamp(0, -1)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused("timestamp", timestamp(Long.MAX_VALUE, 0)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused("timestamp", text("0001-01-01T00:00:00+01:00")).code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void pointsHaveALatitudeAndALongitude() {
        assertThat(coerced("geo_point", object("lat", decimal("37.33"), "lon", integer(-122))))
                .isEqualTo(geo(37.33, -122));
        assertThat(coerced("geo_point", geo(-90, 180))).isEqualTo(geo(-90, 180));
        assertThat(refused("geo_point", geo(90.1, 0)).path()).isEqualTo("f.lat");
        assertThat(refused("geo_point", object("lat", integer(0), "lon", integer(181)))
                        .path())
                .isEqualTo("f.lon");
        assertThat(refused("geo_point", geo(Double.NaN, 0)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused("geo_point", object("lat", integer(0))).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused("geo_point", object("lat", text("1"), "lon", integer(0)))
                        .path())
                .isEqualTo("f.lat");
        assertThat(refused("geo_point", list(integer(0), integer(0))).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void jsonKeepsEveryValueExactly() {
        Value json = object("a", list(integer(1), nothing(), bool(true)), "b", object("c", text("x")));
        assertThat(coerced("json", json)).isEqualTo(json);
        assertThat(coerced("json", decimal("1.10"))).isEqualTo(number(1.1));
        assertThat(coerced("json", decimal("12"))).isEqualTo(integer(12));
        assertThat(coerced("json", decimal("0.1234567890123456789"))).isEqualTo(decimal("0.1234567890123456789"));
        assertThat(coerced("json", decimal("123456789012345678901"))).isEqualTo(decimal("123456789012345678901"));
        assertThat(coerced("json", decimal("1e999"))).isEqualTo(decimal("1e999"));
        assertThat(refused("json", list(number(Double.NaN))).path()).isEqualTo("f.0");
        assertThat(coerced("json", decimal("1e-99999999999"))).isEqualTo(decimal("1e-99999999999"));
        assertThat(refused("json", decimal("1,5")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused("json", object("v", TestValues.vector(1))).path()).isEqualTo("f.v");
        assertThat(refused("json", Value.getDefaultInstance()).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void objectsTypeTheirDeclaredFieldsAndKeepTheOthers() {
        CollectionSchema schema = compiled(
                field("id", "keyword"), TestValues.object("o", "object", field("at", "date"), required("n", "int32")));
        Fields record =
                fields("id", text("k"), "o", object("at", text("2024-09-28"), "n", text("5"), "more", decimal("1.5")));
        assertThat(RecordCoercion.coerce(schema, record).fields().getValuesOrThrow("o"))
                .isEqualTo(object("at", date("2024-09-28"), "n", integer(5), "more", number(1.5)));
        assertThat(violations(() -> RecordCoercion.coerce(
                        schema, fields("id", text("k"), "o", object("at", text("x"), "x", number(Double.NaN))))))
                .extracting(Violation::path)
                .containsExactly("o.at", "o.x", "o.n");
    }

    @Test
    void objectsOfStrictSchemasHaveNoOtherFields() {
        CollectionSchema schema =
                strict(field("id", "keyword"), TestValues.object("o", "object", field("city", "date")));
        Violation violation =
                violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"), "o", object("cty", nothing()))));
        assertThat(violation.code()).isEqualTo(ErrorCode.UNKNOWN_FIELD);
        assertThat(violation.path()).isEqualTo("o.cty");
        assertThat(violation.hint()).isEqualTo("did you mean city?");
    }

    @Test
    void arraysAreCoercedOneByOne() {
        assertThat(coerced("date[]", list(text("2024-09-28"), nothing())))
                .isEqualTo(list(date("2024-09-28"), nothing()));
        assertThat(coerced("keyword[]", list())).isEqualTo(list());
        assertThat(refused("int32[]", list(integer(1), text("x"))).path()).isEqualTo("f.1");
        assertThat(refused("keyword[]", text("x")).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        CollectionSchema schema =
                compiled(field("id", "keyword"), TestValues.object("o", "object[]", field("at", "date")));
        Fields record = fields("id", text("k"), "o", list(object("at", text("x")), object("at", text("y"))));
        assertThat(violations(() -> RecordCoercion.coerce(schema, record)))
                .extracting(Violation::path)
                .containsExactly("o.0.at", "o.1.at");
    }

    @Test
    void nullIsStoredUnlessItIsForbidden() {
        assertThat(coerced("int32", nothing())).isEqualTo(nothing());
        CollectionSchema schema = compiled(field("id", "keyword"), required("f", "int32"));
        Violation isNull = violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"), "f", nothing())));
        assertThat(isNull.code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
        Violation missing = violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"))));
        assertThat(missing.code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
        assertThat(missing.path()).isEqualTo("f");
    }

    @Test
    void vectorsThatTheServerFillsMayBeMissing() {
        CollectionSchema schema =
                compiled(field("id", "keyword"), embedded("body", "v", "mini"), required("v", "vector(3)"));
        assertThat(RecordCoercion.coerce(schema, fields("id", text("k"), "body", text("x")))
                        .fields()
                        .getValuesMap())
                .doesNotContainKey("v");
        assertThat(violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"), "body", nothing())))
                        .path())
                .isEqualTo("v");
    }

    @Test
    void keysAreTakenFromTheirColumn() {
        CollectionSchema ints = compiled(field("n", "int64"));
        Coerced coerced = RecordCoercion.coerce(ints, fields("n", text("7")));
        assertThat(coerced.key()).isEqualTo(RecordKeys.ofInt(7));
        assertThat(coerced.fields()).isEqualTo(fields("n", integer(7)));
        assertThat(violation(() -> RecordCoercion.coerce(ints, fields())).code())
                .isEqualTo(ErrorCode.MISSING_MEMBER);
        CollectionSchema strings = compiled(field("id", "keyword"));
        Violation tooLong = violation(() -> RecordCoercion.coerce(strings, fields("id", text("a".repeat(513)))));
        assertThat(tooLong.code()).isEqualTo(ErrorCode.KEY_TOO_LONG);
        assertThat(tooLong.path()).isEqualTo("id");
        assertThat(violation(() -> RecordCoercion.coerce(strings, fields("id", text(""))))
                        .code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(violation(() -> RecordCoercion.coerce(strings, fields("id", nothing())))
                        .code())
                .isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
    }

    @Test
    void recordsHaveALargestSize() {
        CollectionSchema schema = compiled(field("id", "keyword"), field("a", "text"), field("b", "text"));
        Value half = text("a".repeat(1 << 19));
        Violation violation =
                violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"), "a", half, "b", half)));
        assertThat(violation.code()).isEqualTo(ErrorCode.RECORD_TOO_LARGE);
        assertThat(violation.message()).matches("expected a record of at most 1048576 bytes, received 1048\\d+");
    }

    @Test
    void nestingHasADeepestLevel() {
        Value value = integer(1);
        for (int i = 0; i < FreeValues.NESTING; i++) {
            value = i % 2 == 0 ? list(value) : object("a", value);
        }
        Value deepest = value;
        assertThat(coerced("json", deepest)).isEqualTo(deepest);
        assertThat(refused("json", list(deepest)).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(refused("object", object("a", deepest)).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void deepestRecordCanBeReadBackFromTheLogOfItsShard() throws InvalidProtocolBufferException {
        Value deepest = integer(1);
        for (int i = 0; i < FreeValues.NESTING; i++) {
            deepest = object("a", deepest);
        }
        RecordOp.Builder put = RecordOp.newBuilder().setPut(fields("f", coerced("json", deepest)));
        ShardCommand command = ShardCommand.newBuilder()
                .setWrite(WriteCommand.newBuilder()
                        .addUnits(WriteUnit.newBuilder().addOps(put)))
                .build();
        assertThat(ShardCommand.parseFrom(command.toByteString())).isEqualTo(command);
    }

    @Test
    void allViolationsAreToldAtOnceAndTheFirstNamesTheFailure() {
        CollectionSchema schema = strict(field("id", "keyword"), field("filed", "date"), field("n", "int32"));
        Fields record = fields("filed", text("28.9.2024"), "n", text("x"), "flied", text("x"));
        Assertions.assertThatThrownBy(() -> RecordCoercion.coerce(schema, record))
                .isInstanceOfSatisfying(VectorDbException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
                    assertThat(e.getMessage()).isEqualTo("filed: '28.9.2024' is not a date (and 3 more)");
                    assertThat(e.violations())
                            .extracting(Violation::code)
                            .containsExactly(
                                    ErrorCode.TYPE_MISMATCH,
                                    ErrorCode.TYPE_MISMATCH,
                                    ErrorCode.UNKNOWN_FIELD,
                                    ErrorCode.MISSING_MEMBER);
                    assertThat(e.violations().get(2).hint()).isEqualTo("did you mean filed?");
                });
    }

    @Test
    void tooManyViolationsAreCut() {
        Value[] bad = new Value[500];
        Arrays.fill(bad, text("x"));
        assertThat(violations(() -> coerced("int32[]", list(bad)))).hasSize(100);
    }

    @Test
    void singleValuesAreCoercedAsInARecord() {
        SchemaField field = compiled(field("id", "keyword"), field("at", "date"))
                .field("at")
                .orElseThrow();
        assertThat(RecordCoercion.value(field, text("2024-09-28"))).isEqualTo(date("2024-09-28"));
        assertThat(violation(() -> RecordCoercion.value(field, text("x"))).path())
                .isEqualTo("at");
    }
}
