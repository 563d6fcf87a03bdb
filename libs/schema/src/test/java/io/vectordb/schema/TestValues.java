package io.vectordb.schema;

import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.Embed;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GeoPoint;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Schema;
import io.vectordb.v1.TextOptions;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.VectorOptions;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Values and schemas, shortly written. */
final class TestValues {

    static final ModelCatalog MODELS = new ModelCatalog() {
        @Override
        public OptionalInt dimension(String model) {
            return model.equals("mini") ? OptionalInt.of(3) : OptionalInt.empty();
        }

        @Override
        public List<String> models() {
            return List.of("mini");
        }
    };

    private TestValues() {}

    static Value nothing() {
        return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }

    static Value bool(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }

    static Value integer(long value) {
        return Value.newBuilder().setIntValue(value).build();
    }

    static Value number(double value) {
        return Value.newBuilder().setFloatValue(value).build();
    }

    static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    static Value decimal(String value) {
        return Value.newBuilder().setDecimalValue(value).build();
    }

    static Value date(String value) {
        return Value.newBuilder().setDateValue(value).build();
    }

    static Value timestamp(long seconds, int nanos) {
        Timestamp timestamp =
                Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
        return Value.newBuilder().setTimestampValue(timestamp).build();
    }

    static Value geo(double lat, double lon) {
        return Value.newBuilder()
                .setGeoValue(GeoPoint.newBuilder().setLat(lat).setLon(lon))
                .build();
    }

    static Value list(Value... items) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllItems(List.of(items)))
                .build();
    }

    static Value object(Object... namesAndValues) {
        return Value.newBuilder().setObjectValue(fields(namesAndValues)).build();
    }

    static Value vector(float... components) {
        return Value.newBuilder().setVectorValue(VectorValues.of(components)).build();
    }

    static Value vector(Vector vector) {
        return Value.newBuilder().setVectorValue(vector).build();
    }

    static Fields fields(Object... namesAndValues) {
        Fields.Builder fields = Fields.newBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.putValues((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
        }
        return fields.build();
    }

    static Field field(String name, String type) {
        return Field.newBuilder().setName(name).setType(type).build();
    }

    static Field required(String name, String type) {
        return field(name, type).toBuilder().setNotNull(true).build();
    }

    static Field object(String name, String type, Field... fields) {
        return field(name, type).toBuilder().addAllFields(List.of(fields)).build();
    }

    static Field metric(Field field, VectorOptions.Metric metric) {
        return field.toBuilder()
                .setVector(VectorOptions.newBuilder().setMetric(metric))
                .build();
    }

    static Field embedded(String name, String into, String model) {
        Embed embed = Embed.newBuilder().setInto(into).setModel(model).build();
        return field(name, "text").toBuilder()
                .setText(TextOptions.newBuilder().setEmbed(embed))
                .build();
    }

    /** A schema whose key is the first field. */
    static Schema schema(Field... fields) {
        return Schema.newBuilder()
                .addAllFields(List.of(fields))
                .addPrimaryKey(fields[0].getName())
                .build();
    }

    static CollectionSchema compiled(Field... fields) {
        return CollectionSchema.of(Schemas.complete(schema(fields), MODELS), 1);
    }

    static CollectionSchema strict(Field... fields) {
        Schema schema =
                schema(fields).toBuilder().setDynamic(Schema.Dynamic.REJECT).build();
        return CollectionSchema.of(Schemas.complete(schema, MODELS), 1);
    }

    static List<Violation> violations(ThrowingCallable call) {
        VectorDbException thrown = Assertions.catchThrowableOfType(VectorDbException.class, call);
        Assertions.assertThat(thrown).as("nothing was refused").isNotNull();
        return thrown.violations();
    }

    static Violation violation(ThrowingCallable call) {
        List<Violation> violations = violations(call);
        Assertions.assertThat(violations).hasSize(1);
        return violations.getFirst();
    }

    static ErrorCode code(ThrowingCallable call) {
        return Assertions.catchThrowableOfType(VectorDbException.class, call).code();
    }
}
