package io.vectordb.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Floats;
import io.vectordb.v1.Vector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/** Dense vectors between their encodings. The canonical one is {@code float32_le}. */
public final class VectorValues {

    private VectorValues() {}

    /** The vector of these components, as {@code float32_le}. */
    public static Vector of(float[] components) {
        ByteBuffer bytes = ByteBuffer.allocate(components.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(components);
        return Vector.newBuilder()
                .setFloat32Le(UnsafeByteOperations.unsafeWrap(bytes.array()))
                .build();
    }

    /**
     * The components of a vector in either dense encoding.
     *
     * @throws VectorDbException FEATURE_NOT_AVAILABLE for another encoding
     */
    public static float[] floats(Vector vector) {
        return switch (vector.getEncodingCase()) {
            case FLOAT32_LE -> floats(vector.getFloat32Le());
            case FLOATS -> floats(vector.getFloats().getValuesList());
            case MULTI, SPARSE, FLOAT16_LE, INT8, BITS, ENCODING_NOT_SET ->
                throw new VectorDbException(
                        ErrorCode.FEATURE_NOT_AVAILABLE,
                        "vectors as " + vector.getEncodingCase() + " are not available yet");
        };
    }

    /** The same vector as {@code floats}. */
    public static Vector asFloats(Vector vector) {
        if (vector.hasFloats()) {
            return vector;
        }
        Floats.Builder floats = Floats.newBuilder();
        for (float component : floats(vector)) {
            floats.addValues(component);
        }
        return Vector.newBuilder().setFloats(floats).build();
    }

    static FloatBuffer components(ByteString float32Le) {
        return float32Le.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    private static float[] floats(ByteString float32Le) {
        float[] floats = new float[float32Le.size() / Float.BYTES];
        components(float32Le).get(floats);
        return floats;
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }
}
