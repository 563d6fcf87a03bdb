package io.vectordb.schema;

import static io.vectordb.schema.TestValues.bool;
import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.date;
import static io.vectordb.schema.TestValues.decimal;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.geo;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.number;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.strict;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.timestamp;
import static io.vectordb.schema.TestValues.vector;
import static io.vectordb.schema.TestValues.violation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Schema;
import io.vectordb.v1.Value;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DynamicFieldsTest {

    private final CollectionSchema schema = compiled(field("id", "keyword"));

    private Coerced coerced(Value value) {
        return RecordCoercion.coerce(schema, fields("id", text("k"), "new", value));
    }

    private void becomes(Value written, String type, Value canonical) {
        Coerced coerced = coerced(written);
        assertThat(coerced.newFields()).extracting(Field::getName).containsExactly("new");
        assertThat(coerced.newFields()).extracting(Field::getType).containsExactly(type);
        assertThat(coerced.fields().getValuesOrThrow("new")).isEqualTo(canonical);
    }

    private Violation refused(Value value) {
        Violation violation = violation(() -> coerced(value));
        assertThat(violation.path()).startsWith("new");
        return violation;
    }

    @Test
    void typeFollowsFromTheFirstValue() {
        becomes(integer(12), "int64", integer(12));
        becomes(decimal("12"), "int64", integer(12));
        becomes(decimal("1.5"), "float64", number(1.5));
        becomes(decimal("1e3"), "float64", number(1_000));
        becomes(number(2), "float64", number(2));
        becomes(text("2024-09-28"), "keyword", text("2024-09-28"));
        becomes(bool(true), "bool", bool(true));
        becomes(
                object("lat", integer(1), "lon", decimal("1.0")),
                "object",
                object("lat", integer(1), "lon", number(1)));
        becomes(object("float32_le", text("AAAA")), "object", object("float32_le", text("AAAA")));
        becomes(date("2024-09-28"), "date", date("2024-09-28"));
        becomes(timestamp(1, 0), "timestamp", timestamp(1, 0));
        becomes(geo(1, 2), "geo_point", geo(1, 2));
    }

    @Test
    void longTextBecomesText() {
        becomes(text("a".repeat(32_766)), "keyword", text("a".repeat(32_766)));
        becomes(text("a".repeat(32_767)), "text", text("a".repeat(32_767)));
        Value both = list(text("a"), text("b".repeat(32_767)));
        becomes(both, "text[]", both);
    }

    @Test
    void arraysAreOfOneType() {
        becomes(list(integer(1), nothing()), "int64[]", list(integer(1), nothing()));
        becomes(list(integer(1), decimal("1.5")), "float64[]", list(number(1), number(1.5)));
        becomes(list(object("a", integer(1))), "object[]", list(object("a", integer(1))));
        Violation mixed = refused(list(integer(1), text("a")));
        assertThat(mixed.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(mixed.message()).isEqualTo("a list that mixes int64 and keyword has no type");
        assertThat(mixed.hint()).isEqualTo("declare the field as json");
        assertThat(refused(list(list(integer(1)))).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void nullAndEmptyArraysFixNoType() {
        for (Value value : new Value[] {nothing(), list(), list(nothing())}) {
            Coerced coerced = coerced(value);
            assertThat(coerced.newFields()).isEmpty();
            assertThat(coerced.fields().getValuesOrThrow("new")).isEqualTo(value);
        }
    }

    @Test
    void whatHasNoTypeIsRefused() {
        assertThat(refused(vector(1, 2)).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused(list(vector(1, 2))).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused(decimal("123456789012345678901")).hint()).isEqualTo("declare the field as decimal(38,0)");
        assertThat(refused(decimal("x")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(number(Double.NaN)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(text("\ud800")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(Value.getDefaultInstance()).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        Value bytes = Value.newBuilder().setBytesValue(ByteString.EMPTY).build();
        assertThat(refused(bytes).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void newFieldsAreComplete() {
        Coerced coerced = RecordCoercion.coerce(
                schema, fields("id", text("k"), "n", integer(1), "body", text("a".repeat(40_000))));
        Schema grown =
                schema.proto().toBuilder().addAllFields(coerced.newFields()).build();
        assertThat(Schemas.complete(grown, TestValues.MODELS)).isEqualTo(grown);
        Coerced again = RecordCoercion.coerce(CollectionSchema.of(grown, 2), coerced.fields());
        assertThat(again.newFields()).isEmpty();
        assertThat(again.fields()).isEqualTo(coerced.fields());
    }

    @Test
    void typeStaysForEverAfter() {
        Schema grown = schema.proto().toBuilder()
                .addAllFields(coerced(integer(12)).newFields())
                .build();
        Fields other = fields("id", text("k"), "new", text("twelve"));
        assertThat(violation(() -> RecordCoercion.coerce(CollectionSchema.of(grown, 2), other))
                        .code())
                .isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void namesAreChecked() {
        for (String name : new String[] {"", "_id", "a".repeat(257), "\udc00"}) {
            Violation violation =
                    violation(() -> RecordCoercion.coerce(schema, fields("id", text("k"), name, integer(1))));
            assertThat(violation.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }

    @Test
    void strictSchemasTakeNoNewFields() {
        CollectionSchema strict = strict(field("id", "keyword"), field("filed", "date"));
        Violation violation =
                violation(() -> RecordCoercion.coerce(strict, fields("id", text("k"), "field", nothing())));
        assertThat(violation.code()).isEqualTo(ErrorCode.UNKNOWN_FIELD);
        assertThat(violation.message()).isEqualTo("the collection has no field field");
        assertThat(violation.hint()).isEqualTo("did you mean filed?");
    }

    @Test
    void collectionsHaveAtMostAThousandFields() {
        Fields.Builder record = fields("id", text("k")).toBuilder();
        IntStream.range(1, 1_000).forEach(i -> record.putValues("f" + i, integer(i)));
        assertThat(RecordCoercion.coerce(schema, record.build()).newFields()).hasSize(999);
        record.putValues("g", integer(1));
        Violation violation = violation(() -> RecordCoercion.coerce(schema, record.build()));
        assertThat(violation.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(violation.path()).isEqualTo("g");
    }
}
