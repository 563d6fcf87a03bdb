package io.vectordb.schema;

import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.decimal;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.metric;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.number;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.text;
import static io.vectordb.schema.TestValues.vector;
import static io.vectordb.schema.TestValues.violation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Floats;
import io.vectordb.v1.MultiVector;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.VectorOptions.Metric;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorCoercionTest {

    private final CollectionSchema cosine = compiled(field("id", "keyword"), field("v", "vector(3)"));
    private final CollectionSchema dot = compiled(field("id", "keyword"), metric(field("v", "vector(3)"), Metric.DOT));

    private static Value coerced(CollectionSchema schema, Value value) {
        return RecordCoercion.coerce(schema, fields("id", text("k"), "v", value))
                .fields()
                .getValuesOrThrow("v");
    }

    private Violation refused(Value value) {
        return violation(() -> coerced(cosine, value));
    }

    @Test
    void everyEncodingBecomesLittleEndianFloats() {
        Value expected = vector(1, -2.5f, 0.1f);
        byte[] bytes = expected.getVectorValue().getFloat32Le().toByteArray();
        assertThat(bytes).startsWith(0, 0, 0x80, 0x3f);
        assertThat(coerced(cosine, list(integer(1), decimal("-2.5"), number(0.1))))
                .isEqualTo(expected);
        assertThat(coerced(cosine, object("float32_le", text(Base64.getEncoder().encodeToString(bytes)))))
                .isEqualTo(expected);
        Floats floats =
                Floats.newBuilder().addAllValues(List.of(1f, -2.5f, 0.1f)).build();
        assertThat(coerced(cosine, vector(Vector.newBuilder().setFloats(floats).build())))
                .isEqualTo(expected);
        assertThat(coerced(cosine, expected)).isEqualTo(expected);
    }

    @Test
    void digitsAreRoundedOnceAndNotByWayOfADouble() {
        // Just above the middle between two floats; as a double it is the middle, and would go to the even one below.
        String digits = "1.00000005960464477540";
        assertThat((float) Double.parseDouble(digits)).isEqualTo(1f);
        Value coerced = coerced(cosine, list(decimal(digits), integer(0), integer(0)));
        assertThat(VectorValues.floats(coerced.getVectorValue())[0]).isEqualTo(Math.nextUp(1f));
    }

    @Test
    void dimensionIsTheDeclaredOne() {
        Violation violation = refused(list(integer(1), integer(2)));
        assertThat(violation.code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        assertThat(violation.message()).isEqualTo("expected dimension 3, received 2");
        assertThat(violation.path()).isEqualTo("v");
        assertThat(refused(vector(1, 2, 3, 4)).code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        assertThat(refused(object("float32_le", text(""))).code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        Vector floats =
                Vector.newBuilder().setFloats(Floats.newBuilder().addValues(1)).build();
        assertThat(refused(vector(floats)).code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        Vector cut = Vector.newBuilder()
                .setFloat32Le(ByteString.copyFrom(new byte[11]))
                .build();
        assertThat(refused(vector(cut)).message()).isEqualTo("expected 12 bytes, 4 a component, received 11");
    }

    @Test
    void componentsAreFinite() {
        for (Value bad : List.of(
                vector(1, Float.NaN, 0),
                vector(1, Float.NEGATIVE_INFINITY, 0),
                list(integer(1), decimal("1e39"), integer(0)),
                list(integer(1), number(1e300), integer(0)))) {
            Violation violation = refused(bad);
            assertThat(violation.code()).isEqualTo(ErrorCode.NON_FINITE_VECTOR);
            assertThat(violation.message()).startsWith("component 1 is ");
        }
    }

    @Test
    void zeroIsRefusedUnderCosineAlone() {
        assertThat(refused(vector(0, -0f, 0)).code()).isEqualTo(ErrorCode.ZERO_VECTOR);
        assertThat(refused(list(integer(0), decimal("1e-99"), integer(0))).code())
                .isEqualTo(ErrorCode.ZERO_VECTOR);
        assertThat(coerced(dot, vector(0, 0, 0))).isEqualTo(vector(0, 0, 0));
    }

    @Test
    void otherValuesAreNoVectors() {
        assertThat(refused(text("[1,2,3]")).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused(list(integer(1), text("2"), integer(3))).path()).isEqualTo("v.1");
        assertThat(refused(list(integer(1), nothing(), integer(3))).path()).isEqualTo("v.1");
        assertThat(refused(list(integer(1), decimal("x"), integer(3))).path()).isEqualTo("v.1");
        assertThat(refused(object("floats", list())).code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(refused(object("float32_le", text("?"))).path()).isEqualTo("v.float32_le");
        assertThat(refused(vector(Vector.getDefaultInstance())).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        Vector multi = Vector.newBuilder().setMulti(MultiVector.newBuilder()).build();
        assertThat(refused(vector(multi)).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
        assertThat(coerced(cosine, nothing())).isEqualTo(nothing());
    }

    @Test
    void vectorsOfQueriesFollowTheSameRules() {
        SchemaField field = cosine.field("v").orElseThrow();
        VectorType type = new VectorType(3);
        Vector good = VectorValues.of(new float[] {1, 2, 3});
        assertThat(QueryVectors.coerce(field, type, VectorValues.asFloats(good)))
                .isEqualTo(good.getFloat32Le());
        Violation violation = violation(() -> QueryVectors.coerce(field, type, VectorValues.of(new float[2])));
        assertThat(violation.code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        assertThat(violation.path()).isEqualTo("query.nearest.vector");
    }

    @Test
    void encodingsTurnIntoEachOther() {
        Vector bytes = VectorValues.of(new float[] {1, Float.MIN_VALUE, -0f});
        Vector floats = VectorValues.asFloats(bytes);
        assertThat(floats.getFloats().getValuesList()).containsExactly(1f, Float.MIN_VALUE, -0f);
        assertThat(VectorValues.asFloats(floats)).isSameAs(floats);
        assertThat(VectorValues.of(VectorValues.floats(floats))).isEqualTo(bytes);
    }
}
