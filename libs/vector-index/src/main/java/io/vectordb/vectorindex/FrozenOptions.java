package io.vectordb.vectorindex;

/**
 * What an index is frozen into.
 *
 * @param quantization the codes that walks go by
 * @param encoding how the vectors themselves are kept, from which every reported distance is computed
 */
public record FrozenOptions(Quantization quantization, VectorEncoding encoding) {

    /** Codes of four bits, and vectors as they came in. */
    public static FrozenOptions defaults() {
        return new FrozenOptions(Quantization.INT4, VectorEncoding.FLOAT32);
    }
}
