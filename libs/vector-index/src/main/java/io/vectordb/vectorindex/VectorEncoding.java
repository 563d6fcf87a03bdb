package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;

/** How a component of a stored vector is written down. */
public enum VectorEncoding {
    /** As it came in, bit for bit. */
    FLOAT32(Float.BYTES),
    /** IEEE 754 binary16: 11 significant bits, magnitudes up to 65,504, which what is beyond becomes. */
    FLOAT16(Short.BYTES),
    /** The upper half of a float32, rounded to even: 8 significant bits, the range of float32. */
    BFLOAT16(Short.BYTES);

    private static final float MAX_FLOAT16 = 65_504;
    /** Of a bfloat16; all ones in what is not finite. */
    private static final int EXPONENT = 0x7F80;

    private final int bytes;

    VectorEncoding(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a component. */
    public int bytes() {
        return bytes;
    }

    /** Writes a vector at an address. */
    void put(long address, float[] vector, int count) {
        switch (this) {
            case FLOAT32 -> OffHeap.put(address, vector, count);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    OffHeap.putShort(address + 2L * i, float16(vector[i]));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    OffHeap.putShort(address + 2L * i, bfloat16(vector[i]));
                }
            }
        }
    }

    /** Reads a vector from an address. */
    void get(long address, float[] out, int count) {
        switch (this) {
            case FLOAT32 -> OffHeap.get(address, out, count);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.float16ToFloat(OffHeap.getShort(address + 2L * i));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat(OffHeap.getShort(address + 2L * i) << 16);
                }
            }
        }
    }

    /** What a component is read back as. */
    float rounded(float component) {
        return switch (this) {
            case FLOAT32 -> component;
            case FLOAT16 -> Float.float16ToFloat(float16(component));
            case BFLOAT16 -> Float.intBitsToFloat(bfloat16(component) << 16);
        };
    }

    private static short float16(float value) {
        return Float.floatToFloat16(Math.clamp(value, -MAX_FLOAT16, MAX_FLOAT16));
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        // To the nearest, ties to even; the carry into the exponent is as it should be, unless it makes an infinity.
        int rounded = bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
        boolean isBeyond = (rounded & EXPONENT) == EXPONENT && Float.isFinite(value);
        return (short) (isBeyond ? rounded - 1 : rounded);
    }
}
