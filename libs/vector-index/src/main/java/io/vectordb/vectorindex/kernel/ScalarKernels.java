package io.vectordb.vectorindex.kernel;

/** The kernels in their simplest form: the oracle of the others, and what they are on a CPU without vector units. */
final class ScalarKernels implements Kernels {

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void dot(long query, int length, long vectors, int count, long out) {
        for (int v = 0; v < count; v++) {
            long vector = OffHeap.getLong(vectors + (long) v * Long.BYTES);
            float sum = 0;
            for (int i = 0; i < length; i++) {
                long at = (long) i * Float.BYTES;
                sum += OffHeap.getFloat(query + at) * OffHeap.getFloat(vector + at);
            }
            OffHeap.putFloat(out + (long) v * Float.BYTES, sum);
        }
    }

    @Override
    public void squaredL2(long query, int length, long vectors, int count, long out) {
        for (int v = 0; v < count; v++) {
            long vector = OffHeap.getLong(vectors + (long) v * Long.BYTES);
            float sum = 0;
            for (int i = 0; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float difference = OffHeap.getFloat(query + at) - OffHeap.getFloat(vector + at);
                sum += difference * difference;
            }
            OffHeap.putFloat(out + (long) v * Float.BYTES, sum);
        }
    }

    @Override
    public void dotInt8(long query, int length, long codes, int count, long out) {
        for (int v = 0; v < count; v++) {
            long code = OffHeap.getLong(codes + (long) v * Long.BYTES);
            int sum = 0;
            for (int i = 0; i < length; i++) {
                sum += OffHeap.getByte(query + i) * (OffHeap.getByte(code + i) & 0xFF);
            }
            OffHeap.putInt(out + (long) v * Integer.BYTES, sum);
        }
    }

    @Override
    public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
        long block = blockBytes(words);
        long planes = query + QUERY_BITS * block;
        for (int v = 0; v < count; v++) {
            long code = OffHeap.getLong(codes + (long) v * Long.BYTES);
            long sum = 0;
            for (int w = 0; w < words; w++) {
                long at = (long) w * Long.BYTES;
                long word = OffHeap.getLong(code + at);
                long weighted = Long.bitCount(word & OffHeap.getLong(query + at))
                        + 2 * Long.bitCount(word & OffHeap.getLong(query + block + at))
                        + 4 * Long.bitCount(word & OffHeap.getLong(query + 2 * block + at));
                int top = 8 * Long.bitCount(word & OffHeap.getLong(query + 3 * block + at));
                weighted += signed ? -top : top;
                sum += weighted << OffHeap.getLong(planes + at);
            }
            OffHeap.putInt(out + (long) v * Integer.BYTES, (int) sum);
        }
    }

    /** The bytes of one block of a query of {@link #dotBits}. */
    static long blockBytes(int words) {
        return (words + WORD_BLOCK - 1L) / WORD_BLOCK * WORD_BLOCK * Long.BYTES;
    }
}
