package io.vectordb.schema;

import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.strict;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.vector;
import static io.vectordb.schema.TestValues.violation;
import static io.vectordb.schema.TestValues.violations;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Select;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final Field[] FIELDS = {
        field("id", "keyword"),
        field("form", "keyword"),
        field("v", "vector(2)"),
        field("a.b", "int64"),
        field("extra", "json"),
        TestValues.object("hq", "object", field("city", "keyword"), field("zip", "keyword")),
        TestValues.object("items", "object[]", field("unit", "keyword"), field("value", "int64"))
    };

    private static final Fields RECORD = fields(
            "id", text("k"),
            "form", text("10-K"),
            "v", vector(1, 2),
            "a.b", integer(7),
            "hq", object("city", text("Cupertino"), "zip", text("95014")),
            "items", list(object("unit", text("USD"), "value", integer(1)), nothing(), object("value", integer(2))));

    private final CollectionSchema schema = compiled(FIELDS);

    private Fields selected(Select.Builder select) {
        return Selection.of(schema, select.build()).apply(RECORD);
    }

    private Fields selected(String... include) {
        return selected(Select.newBuilder().addAllInclude(List.of(include)));
    }

    private Fields without(String... exclude) {
        return selected(Select.newBuilder().addAllExclude(List.of(exclude)));
    }

    private static Fields withoutField(String name) {
        return RECORD.toBuilder().removeValues(name).build();
    }

    @Test
    void withoutNamesItIsEverythingButVectors() {
        assertThat(selected()).isEqualTo(withoutField("v"));
        assertThat(selected("*")).isEqualTo(withoutField("v"));
        assertThat(selected("*", "form")).isEqualTo(withoutField("v"));
    }

    @Test
    void vectorsComeWhenTheyAreNamed() {
        Fields named = selected("*", "v");
        assertThat(named.getValuesCount()).isEqualTo(RECORD.getValuesCount());
        assertThat(named.getValuesOrThrow("v").getVectorValue().getFloats().getValuesList())
                .containsExactly(1f, 2f);
        assertThat(selected(Select.newBuilder().addInclude("v").setVectorEncoding(Select.VectorEncoding.FLOAT32_LE)))
                .isEqualTo(fields("v", vector(1, 2)));
    }

    @Test
    void pathsTakePartsOfObjectsAndOfTheObjectsOfArrays() {
        assertThat(selected("hq.city", "form"))
                .isEqualTo(fields("form", text("10-K"), "hq", object("city", text("Cupertino"))));
        assertThat(selected("hq.city", "hq")).isEqualTo(fields("hq", RECORD.getValuesOrThrow("hq")));
        assertThat(selected("items.unit")).isEqualTo(fields("items", list(object("unit", text("USD")), object())));
        assertThat(selected("form.x", "hq.none", "none")).isEqualTo(fields());
        assertThat(selected("a.b")).isEqualTo(fields("a.b", integer(7)));
    }

    @Test
    void excludedPathsAreLeftOut() {
        assertThat(without("form", "hq.zip", "items.value"))
                .isEqualTo(fields(
                        "id", text("k"),
                        "a.b", integer(7),
                        "hq", object("city", text("Cupertino")),
                        "items", list(object("unit", text("USD")), nothing(), object())));
        assertThat(without("form.x", "v")).isEqualTo(withoutField("v"));
        assertThat(selected(Select.newBuilder().addInclude("hq").addExclude("hq.zip")))
                .isEqualTo(fields("hq", object("city", text("Cupertino"))));
    }

    @Test
    void keysOnlySelectsNoField() {
        Selection keys =
                Selection.of(schema, Select.newBuilder().setKeysOnly(true).build());
        assertThat(keys.keysOnly()).isTrue();
        assertThat(keys.apply(RECORD)).isEqualTo(fields());
    }

    @Test
    void strictSchemasKnowEveryName() {
        CollectionSchema strict = strict(FIELDS);
        Select good = Select.newBuilder()
                .addAllInclude(List.of("*", "items.unit", "hq.zip", "extra.any.thing", "a.b"))
                .build();
        assertThat(Selection.of(strict, good).apply(RECORD)).isEqualTo(withoutField("v"));
        Select bad = Select.newBuilder()
                .addAllInclude(List.of("frm", "hq.cty", "form"))
                .addExclude("form.x")
                .build();
        List<Violation> violations = violations(() -> Selection.of(strict, bad));
        assertThat(violations)
                .extracting(Violation::path)
                .containsExactly("select.include.0", "select.include.1", "select.exclude.0");
        assertThat(violations).allMatch(violation -> violation.code() == ErrorCode.UNKNOWN_FIELD);
        assertThat(violations.getFirst().hint()).isEqualTo("did you mean form?");
    }

    @Test
    void selectionsThatMakeNoSenseAreRefused() {
        for (Select select : List.of(
                Select.newBuilder().setKeysOnly(true).addInclude("form").build(),
                Select.newBuilder().addExclude("*").build(),
                Select.newBuilder().addInclude("").build(),
                Select.newBuilder().setVectorEncodingValue(9).build())) {
            assertThat(violation(() -> Selection.of(schema, select)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }
}
