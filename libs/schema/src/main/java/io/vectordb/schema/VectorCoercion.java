package io.vectordb.schema;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.VectorOptions;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Vectors in their canonical form: {@code float32_le} of the declared dimension, finite, not zero under cosine. */
final class VectorCoercion {

    private static final String FLOAT32_LE = "float32_le";

    private final At at;
    private final VectorType type;
    private final boolean zeroRefused;

    VectorCoercion(At at, VectorType type, VectorOptions.Metric metric) {
        this.at = at;
        this.type = type;
        this.zeroRefused = metric == VectorOptions.Metric.COSINE;
    }

    @Nullable
    Value coerce(Value value) {
        return switch (value.getKindCase()) {
            case VECTOR_VALUE -> vector(value);
            case LIST_VALUE -> list(value.getListValue().getItemsList());
            case OBJECT_VALUE -> object(value.getObjectValue(), value);
            default -> at.mismatch(type, value);
        };
    }

    private @Nullable Value vector(Value value) {
        Vector vector = value.getVectorValue();
        return switch (vector.getEncodingCase()) {
            case FLOAT32_LE -> bytes(vector.getFloat32Le(), value);
            case FLOATS -> {
                int dimension = vector.getFloats().getValuesCount();
                yield hasDimension(dimension) ? checked(value(VectorValues.of(VectorValues.floats(vector)))) : null;
            }
            case ENCODING_NOT_SET -> at.fail(ErrorCode.INVALID_VALUE, "the vector has no components");
            case MULTI, SPARSE, FLOAT16_LE, INT8, BITS ->
                at.fail(
                        ErrorCode.FEATURE_NOT_AVAILABLE,
                        "vectors as " + vector.getEncodingCase() + " are not available yet");
        };
    }

    private @Nullable Value object(Fields object, Value value) {
        Value encoded = object.getValuesMap().get(FLOAT32_LE);
        if (encoded == null || object.getValuesCount() != 1 || !encoded.hasStringValue()) {
            return at.mismatch(type, value, "write {\"float32_le\": \"<base64>\"} or a list of numbers");
        }
        try {
            ByteString bytes = ByteString.copyFrom(Base64.getDecoder().decode(encoded.getStringValue()));
            return bytes(bytes, value(Vector.newBuilder().setFloat32Le(bytes).build()));
        } catch (IllegalArgumentException notBase64) {
            return at.in(FLOAT32_LE).fail(ErrorCode.INVALID_VALUE, "this is not base64");
        }
    }

    private @Nullable Value bytes(ByteString bytes, Value value) {
        if (bytes.size() % Float.BYTES != 0) {
            return at.fail(
                    ErrorCode.INVALID_VALUE,
                    "expected " + type.dimension() * Float.BYTES + " bytes, 4 a component, received " + bytes.size());
        }
        return hasDimension(bytes.size() / Float.BYTES) ? checked(value) : null;
    }

    private @Nullable Value list(List<Value> items) {
        if (!hasDimension(items.size())) {
            return null;
        }
        float[] components = new float[items.size()];
        for (int i = 0; i < components.length; i++) {
            Value item = items.get(i);
            switch (item.getKindCase()) {
                case INT_VALUE -> components[i] = item.getIntValue();
                case FLOAT_VALUE -> components[i] = (float) item.getFloatValue();
                case DECIMAL_VALUE -> {
                    if (!Numbers.isNumber(item.getDecimalValue())) {
                        return Numbers.notANumber(at.in(i), item.getDecimalValue());
                    }
                    // Straight from the digits: by way of a double they would be rounded twice.
                    components[i] = Float.parseFloat(item.getDecimalValue());
                }
                default -> {
                    return at.in(i).fail(ErrorCode.TYPE_MISMATCH, "a vector has numbers, this is " + Kinds.of(item));
                }
            }
        }
        return checked(value(VectorValues.of(components)));
    }

    private boolean hasDimension(int dimension) {
        boolean has = dimension == type.dimension();
        if (!has) {
            at.fail(ErrorCode.DIMENSION_MISMATCH, "expected dimension " + type.dimension() + ", received " + dimension);
        }
        return has;
    }

    private @Nullable Value checked(Value value) {
        FloatBuffer components = VectorValues.components(value.getVectorValue().getFloat32Le());
        boolean zero = true;
        for (int i = 0; i < components.limit(); i++) {
            float component = components.get(i);
            if (!Float.isFinite(component)) {
                return at.fail(
                        ErrorCode.NON_FINITE_VECTOR,
                        "component " + i + " is " + (Float.isNaN(component) ? "NaN" : "beyond the range of a float32"));
            }
            zero &= component == 0;
        }
        return zero && zeroRefused
                ? at.fail(ErrorCode.ZERO_VECTOR, "a vector of zeros has no direction under cosine")
                : value;
    }

    private static Value value(Vector vector) {
        return Value.newBuilder().setVectorValue(vector).build();
    }
}
