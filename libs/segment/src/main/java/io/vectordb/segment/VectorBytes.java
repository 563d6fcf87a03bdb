package io.vectordb.segment;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Float32 vectors as bytes, little-endian: how records and requests carry them. */
public final class VectorBytes {

    private VectorBytes() {}

    public static float[] decode(ByteString bytes) {
        float[] vector = new float[bytes.size() / Float.BYTES];
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(vector);
        return vector;
    }

    public static ByteString encode(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(vector);
        return ByteString.copyFrom(buffer);
    }
}
