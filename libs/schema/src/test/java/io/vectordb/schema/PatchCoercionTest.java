package io.vectordb.schema;

import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.date;
import static io.vectordb.schema.TestValues.decimal;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.number;
import static io.vectordb.schema.TestValues.required;
import static io.vectordb.schema.TestValues.strict;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.violation;
import static io.vectordb.schema.TestValues.violations;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Patch;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatchCoercionTest {

    private static final Field[] FIELDS = {
        field("id", "keyword"),
        required("form", "keyword"),
        field("tags", "keyword[]"),
        field("a.b", "date"),
        field("extra", "json"),
        TestValues.object("hq", "object", field("since", "date"), required("city", "keyword"))
    };

    private final CollectionSchema schema = compiled(FIELDS);
    private final CollectionSchema strict = strict(FIELDS);

    private static Patch patch(Fields set, String... unset) {
        return Patch.newBuilder()
                .setKey(RecordKeys.ofString("k"))
                .setSet(set)
                .addAllUnset(List.of(unset))
                .build();
    }

    private Violation refused(Fields set, String... unset) {
        return violation(() -> PatchCoercion.coerce(schema, patch(set, unset)));
    }

    @Test
    void pathsAreSplitAndValuesTyped() {
        CoercedPatch patch = PatchCoercion.coerce(
                schema,
                patch(
                                fields(
                                        "form", text("10-K"),
                                        "hq.since", text("2024-09-28"),
                                        "a.b", text("2024-09-28"),
                                        "extra.x.y", decimal("1.50"),
                                        "hq.more", integer(1)),
                                "tags",
                                "extra.z",
                                "hq.rest")
                        .toBuilder()
                        .setCreate(true)
                        .build());
        assertThat(patch.set())
                .extracting(PathValue::getPathList)
                .map(List::copyOf)
                .containsExactly(
                        List.of("form"),
                        List.of("hq", "since"),
                        List.of("a.b"),
                        List.of("extra", "x", "y"),
                        List.of("hq", "more"));
        assertThat(patch.set())
                .extracting(PathValue::getValue)
                .containsExactly(text("10-K"), date("2024-09-28"), date("2024-09-28"), number(1.5), integer(1));
        assertThat(patch.unset())
                .extracting(FieldPath::getNamesList)
                .map(List::copyOf)
                .containsExactly(List.of("tags"), List.of("extra", "z"), List.of("hq", "rest"));
        assertThat(patch.create()).isTrue();
        assertThat(patch.key()).isEqualTo(RecordKeys.ofString("k"));
        assertThat(patch.newFields()).isEmpty();
    }

    @Test
    void newNamesAreDeclared() {
        CoercedPatch patch = PatchCoercion.coerce(
                schema, patch(fields("n", decimal("1.5"), "o.x.y", decimal("2.0"), "o.z", text("a"), "e", nothing())));
        assertThat(patch.newFields()).extracting(Field::getName).containsExactly("n", "o");
        assertThat(patch.newFields()).extracting(Field::getType).containsExactly("float64", "object");
        assertThat(patch.set())
                .extracting(PathValue::getValue)
                .containsExactly(number(1.5), number(2), text("a"), nothing());
        assertThat(refused(fields("_x", integer(1))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(fields("_x.y", integer(1))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void strictSchemasKnowEveryName() {
        for (Fields set : List.of(fields("frm", text("x")), fields("frm.x", text("x")), fields("hq.x", text("x")))) {
            assertThat(violation(() -> PatchCoercion.coerce(strict, patch(set))).code())
                    .isEqualTo(ErrorCode.UNKNOWN_FIELD);
        }
        assertThat(violation(() -> PatchCoercion.coerce(strict, patch(fields(), "frm")))
                        .hint())
                .isEqualTo("did you mean form?");
        assertThat(PatchCoercion.coerce(strict, patch(fields("extra.any", text("x"))))
                        .set())
                .hasSize(1);
    }

    @Test
    void wrongValuesAreRefusedAsInARecord() {
        assertThat(refused(fields("hq.since", text("28.9.2024"))).path()).isEqualTo("hq.since");
        assertThat(refused(fields("tags", list(integer(1)))).path()).isEqualTo("tags.0");
        assertThat(refused(fields("extra.x", number(Double.NaN))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(fields("form", nothing())).code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
        assertThat(refused(fields("hq.city", nothing())).code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
    }

    @Test
    void neededFieldsCannotBeUnset() {
        assertThat(refused(fields(), "form").code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
        assertThat(refused(fields(), "hq.city").code()).isEqualTo(ErrorCode.CONSTRAINT_VIOLATION);
        assertThat(PatchCoercion.coerce(schema, patch(fields(), "hq")).unset()).hasSize(1);
    }

    @Test
    void keyDoesNotChange() {
        assertThat(refused(fields("id", text("k"))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(fields("id.x", text("k"))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refused(fields(), "id").path()).isEqualTo("id");
    }

    @Test
    void pathsDoNotLeadThroughArraysAndScalars() {
        Violation array = refused(fields("tags.0", text("x")));
        assertThat(array.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(array.message()).isEqualTo("tags is keyword[], and an array is replaced whole");
        assertThat(refused(fields("form.x", text("x"))).message())
                .isEqualTo("form is keyword, which has nothing inside");
        assertThat(refused(fields(), "form.x").code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    }

    @Test
    void noPathIsNamedTwiceOrInsideAnother() {
        assertThat(refused(fields("extra", nothing()), "extra").message())
                .isEqualTo("the patch names this field twice");
        assertThat(refused(fields("extra.a", nothing()), "extra").message())
                .isEqualTo("the patch names this and also extra");
        assertThat(refused(fields("extra.a", nothing(), "extra.a.b", nothing())).path())
                .isEqualTo("extra.a.b");
        assertThat(refused(fields(), "tags", "tags").code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(PatchCoercion.coerce(schema, patch(fields("extra.a", nothing()), "extra.b", "extra.ab"))
                        .unset())
                .hasSize(2);
    }

    @Test
    void emptyPatchesAndPathsAreRefused() {
        assertThat(refused(fields()).message()).isEqualTo("the patch neither sets nor unsets a field");
        for (String path : List.of("", ".", "x.", ".x", "x..y")) {
            assertThat(refused(fields(path, integer(1))).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }

    @Test
    void incrementIsNotAvailable() {
        Patch patch = Patch.newBuilder()
                .setKey(RecordKeys.ofString("k"))
                .setIncrement(fields("n", integer(1)))
                .build();
        assertThat(violation(() -> PatchCoercion.coerce(schema, patch)).code())
                .isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void allViolationsAreToldAtOnce() {
        Patch patch = Patch.newBuilder()
                .setSet(fields("form", integer(1), "id", text("x")))
                .addUnset("hq.city")
                .build();
        assertThat(violations(() -> PatchCoercion.coerce(schema, patch)))
                .extracting(Violation::path)
                .containsExactly("key", "form", "id", "hq.city");
    }

    @Test
    void sizeAndDepthHaveLimits() {
        assertThat(refused(fields("x", text("a".repeat(600_000)), "y", text("b".repeat(600_000))))
                        .code())
                .isEqualTo(ErrorCode.RECORD_TOO_LARGE);
        assertThat(PatchCoercion.coerce(schema, patch(fields("extra" + ".a".repeat(FreeValues.NESTING), integer(1))))
                        .set())
                .hasSize(1);
        assertThat(refused(fields("extra" + ".a".repeat(FreeValues.NESTING + 1), integer(1)))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(refused(fields("extra" + ".a".repeat(FreeValues.NESTING), list()))
                        .code())
                .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
}
