package io.vectordb.vectorindex.quantization;

import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Codes of 1, 2, 4 or 8 bits per component, and distances estimated from them without bias: RaBitQ (Gao and Long, 2024,
 * arXiv:2405.12497) with several bits (Gao et al., 2024, arXiv:2409.09913), with a uniform quantiser whose step is that
 * of a Gaussian component instead of a search for the best.
 *
 * <p>A vector {@code v} (of unit length under cosine) is taken relative to a centroid {@code c}, rotated, and divided
 * into levels {@code u}; with {@code x = u - middle}, {@code r = v - c} and {@code f = |r|^2 / <x, r>}, the inner product
 * of {@code r} with any other vector {@code q} is about {@code f * <x, q>}. A query is quantised in the same way, to
 * four bits against bit planes and to eight against bytes, so that {@code <x, q>} is an integer product; so codes may be
 * compared with each other as well.
 *
 * <p>A record is the code, then three floats: {@code f}; {@code g}, the part of the distance that depends on the vector
 * alone; {@code h}, the sum of {@code x}. Records are rounded up to whole cache lines where that costs at most a third.
 *
 * <p>Immutable and thread-safe; queries belong to their threads.
 */
public final class Quantizer {

    private static final int LINE_BYTES = 64;
    private static final int CORRECTIONS_BYTES = 3 * Float.BYTES;
    private static final int QUERY_PLANES = Kernels.QUERY_BITS;
    /** What a quantised query adds to the variance of an estimate, with some room for what is not Gaussian. */
    private static final double ROOM = 1.3;
    /** What the integers of a query are short of its centred levels. */
    private static final float HALF = 0.5f;

    private static final VarHandle EIGHT_LEVELS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    /** Multiplied with the low bits of eight bytes it brings that of byte i to bit 56 + i. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    private final Distance distance;
    private final CodeFormat format;
    private final int dimension;
    private final Rotation rotation;
    private final float[] centroid;
    private final double centroidSquared;
    private final Kernels kernels;
    private final int words;
    private final int planeWords;
    private final long blockBytes;
    private final int codeBytes;
    private final int recordBytes;

    /** The distance that is estimated: {@code 1 - <q, v>}, {@code -<q, v>} or the squared Euclidean one. */
    public enum Distance {
        /** Vectors are divided by their length first. */
        COSINE,
        DOT,
        SQUARED_L2
    }

    /**
     * @param centroid what vectors are taken relative to, best their mean (of unit vectors under cosine): the shorter
     *     the differences, the better the estimates
     */
    public Quantizer(Distance distance, CodeFormat format, float[] centroid, Kernels kernels) {
        this.distance = distance;
        this.format = format;
        this.dimension = centroid.length;
        this.rotation = new Rotation(dimension);
        this.centroid = centroid.clone();
        this.centroidSquared = dot(centroid, centroid, dimension);
        this.kernels = kernels;
        planeWords = rotation.size() / Long.SIZE;
        words = planeWords * format.bits();
        blockBytes = (words + Kernels.WORD_BLOCK - 1L) / Kernels.WORD_BLOCK * Kernels.WORD_BLOCK * Long.BYTES;
        codeBytes = words * Long.BYTES;
        recordBytes = recordBytes(codeBytes);
    }

    private static int recordBytes(int codeBytes) {
        int exact = codeBytes + CORRECTIONS_BYTES;
        int lines = (exact + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
        return 3 * (lines - exact) <= lines
                ? lines
                : (exact + Integer.BYTES - 1) / Long.BYTES * Long.BYTES + Long.BYTES;
    }

    public CodeFormat format() {
        return format;
    }

    public float[] centroid() {
        return centroid.clone();
    }

    /** Bytes of the code of a vector and its corrections. */
    public int recordBytes() {
        return recordBytes;
    }

    /** Bytes that must be readable behind the last record. */
    public static int slackBytes() {
        return LINE_BYTES;
    }

    /**
     * Writes the record of a vector.
     *
     * @param scratch of the calling thread; a query prepared in it is lost
     */
    public void encode(float[] vector, CodeQuery scratch, long record) {
        scratch.ensure(rotation.size(), queryBytes());
        double normSquared = residual(vector, scratch);
        double product = levels(format, scratch, Math.sqrt(normSquared));
        double factor = product > 0 ? normSquared / product : 0;
        double own = distance == Distance.SQUARED_L2 ? normSquared : -centroidProduct(vector);
        int sum = 0;
        byte[] levels = scratch.levels;
        for (int i = 0; i < rotation.size(); i++) {
            sum += levels[i] & 0xFF;
        }
        writeCode(levels, record);
        long corrections = record + codeBytes;
        OffHeap.putFloat(corrections, finite(factor));
        OffHeap.putFloat(corrections + 4, finite(own));
        OffHeap.putFloat(corrections + 8, sum - rotation.size() * format.middle());
    }

    /** {@code <c, v - c>}, exactly. */
    private double centroidProduct(float[] vector) {
        double scale = distance == Distance.COSINE ? inverseNorm(vector) : 1;
        double product = 0;
        for (int i = 0; i < dimension; i++) {
            product += centroid[i] * (vector[i] * scale - centroid[i]);
        }
        return product;
    }

    private void writeCode(byte[] levels, long record) {
        if (!format.isPlanes()) {
            for (int i = 0; i < rotation.size(); i++) {
                OffHeap.putByte(record + i, levels[i]);
            }
            return;
        }
        for (int plane = 0; plane < format.bits(); plane++) {
            for (int word = 0; word < planeWords; word++) {
                OffHeap.putLong(record + (long) (plane * planeWords + word) * Long.BYTES, bits(levels, word, plane));
            }
        }
    }

    private static long bits(byte[] levels, int word, int plane) {
        long bits = 0;
        int from = word * Long.SIZE;
        for (int i = 0; i < Long.SIZE; i += Byte.SIZE) {
            long eight = (long) EIGHT_LEVELS.get(levels, from + i);
            bits |= ((eight >>> plane & LOW_BITS) * GATHER >>> (Long.SIZE - Byte.SIZE)) << i;
        }
        return bits;
    }

    /** Prepares a query for {@link #distances}. */
    public void prepare(float[] vector, CodeQuery query) {
        query.ensure(rotation.size(), queryBytes());
        double normSquared = residual(vector, query);
        CodeFormat queryFormat = format.isPlanes() ? CodeFormat.FOUR_BITS : CodeFormat.EIGHT_BITS;
        double norm = Math.sqrt(normSquared);
        double product = levels(queryFormat, query, norm);
        query.scale = finite(product > 0 ? normSquared / product : 0);
        query.offset = finite(
                switch (distance) {
                    case COSINE -> 1 - dot(vector, centroid, dimension) * inverseNorm(vector);
                    case DOT -> -dot(vector, centroid, dimension);
                    case SQUARED_L2 -> normSquared;
                });
        double error = Math.hypot(format.error(), queryFormat.error());
        // f is about |r| * step / sqrt(n), and the deviation of an estimate |q| |r| error / sqrt(n).
        query.deviation = finite(ROOM * norm * error / format.step() * (distance == Distance.SQUARED_L2 ? 2 : 1));
        if (format.isPlanes()) {
            for (int plane = 0; plane < QUERY_PLANES; plane++) {
                for (int word = 0; word < planeWords; word++) {
                    putPlaneWord(query, plane, word, bits(query.levels, word, plane));
                }
            }
            finishPlanes(query);
        } else {
            int sum = 0;
            for (int i = 0; i < rotation.size(); i++) {
                byte centred = (byte) ((query.levels[i] & 0xFF) - 128);
                OffHeap.putByte(query.address + i, centred);
                sum += centred;
            }
            query.sum = sum;
        }
    }

    /**
     * Prepares a code as a query, at a fraction of the cost of its vector. For four and eight bits only.
     *
     * @throws IllegalStateException for codes of fewer bits, which are too coarse for that
     */
    public void prepare(long record, CodeQuery query) {
        query.ensure(rotation.size(), queryBytes());
        long corrections = record + codeBytes;
        float factor = OffHeap.getFloat(corrections);
        query.scale = factor;
        query.deviation = 0;
        query.offset = switch (distance) {
            case COSINE -> 1 + OffHeap.getFloat(corrections + 4) - (float) centroidSquared;
            case DOT -> OffHeap.getFloat(corrections + 4) - (float) centroidSquared;
            case SQUARED_L2 -> OffHeap.getFloat(corrections + 4);
        };
        float sumOfX = OffHeap.getFloat(corrections + 8);
        switch (format) {
            case FOUR_BITS -> {
                for (int word = 0; word < words; word++) {
                    long bits = OffHeap.getLong(record + (long) word * Long.BYTES);
                    putPlaneWord(query, word / planeWords, word % planeWords, bits);
                }
                finishPlanes(query);
            }
            case EIGHT_BITS -> {
                for (int i = 0; i < codeBytes; i += Long.BYTES) {
                    // Unsigned to signed: less 128, which is the top bit turned.
                    OffHeap.putLong(query.address + i, OffHeap.getLong(record + i) ^ 0x8080_8080_8080_8080L);
                }
                query.sum = sumOfX - 0.5f * rotation.size();
            }
            case ONE_BIT, TWO_BITS ->
                throw new IllegalStateException("codes of " + format.bits() + " bits cannot be queries");
        }
    }

    /** Puts a word of a query's plane, once for each plane of a code. The top bit is turned: unsigned to signed. */
    private void putPlaneWord(CodeQuery query, int plane, int word, long bits) {
        long value = plane == QUERY_PLANES - 1 ? ~bits : bits;
        long at = query.address + plane * blockBytes + (long) word * Long.BYTES;
        for (int copy = 0; copy < format.bits(); copy++) {
            OffHeap.putLong(at + (long) copy * planeWords * Long.BYTES, value);
        }
    }

    private void finishPlanes(CodeQuery query) {
        long sum = 0;
        for (int plane = 0; plane < QUERY_PLANES; plane++) {
            long block = query.address + plane * blockBytes;
            int ones = 0;
            for (int word = 0; word < planeWords; word++) {
                ones += Long.bitCount(OffHeap.getLong(block + (long) word * Long.BYTES));
            }
            sum += plane == QUERY_PLANES - 1 ? -((long) ones << plane) : (long) ones << plane;
            for (int word = words; word < blockBytes / Long.BYTES; word++) {
                OffHeap.putLong(block + (long) word * Long.BYTES, 0);
            }
        }
        long numbers = query.address + QUERY_PLANES * blockBytes;
        for (int word = 0; word < blockBytes / Long.BYTES; word++) {
            OffHeap.putLong(numbers + (long) word * Long.BYTES, word < words ? word / planeWords : 0);
        }
        query.sum = sum;
    }

    /**
     * Estimates the distances of a query and some codes; all finite.
     *
     * @param records the address of as many longs, each the address of a record
     * @param out the address of as many floats
     */
    public void distances(CodeQuery query, long records, int count, long out) {
        if (format.isPlanes()) {
            kernels.dotBits(query.address, true, words, records, count, out);
        } else {
            kernels.dotInt8(query.address, codeBytes, records, count, out);
        }
        float scale = distance == Distance.SQUARED_L2 ? 2 * query.scale : query.scale;
        // <x, y> of y = k + 1/2, the integers k being those of the query, and x = u - middle.
        float common = format.middle() * query.sum;
        for (int i = 0; i < count; i++) {
            long corrections = OffHeap.getLong(records + (long) i * Long.BYTES) + codeBytes;
            long at = out + (long) i * Float.BYTES;
            float product = OffHeap.getInt(at) - common + HALF * OffHeap.getFloat(corrections + 8);
            float estimate =
                    query.offset + OffHeap.getFloat(corrections + 4) - OffHeap.getFloat(corrections) * scale * product;
            OffHeap.putFloat(at, Math.abs(estimate) <= Float.MAX_VALUE ? estimate : Float.MAX_VALUE);
        }
    }

    /** The standard deviation of the estimated distance of a query and a code, about. */
    public float deviation(CodeQuery query, long record) {
        return OffHeap.getFloat(record + codeBytes) * query.deviation;
    }

    /** Bytes of a query in the layout of the kernel. */
    private long queryBytes() {
        return format.isPlanes() ? (QUERY_PLANES + 1) * blockBytes : rotation.size();
    }

    /** Puts the rotated difference to the centroid into the scratch and returns the square of its length. */
    private double residual(float[] vector, CodeQuery scratch) {
        float[] rotated = scratch.rotated;
        double scale = distance == Distance.COSINE ? inverseNorm(vector) : 1;
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            double difference = vector[i] * scale - centroid[i];
            squares += difference * difference;
            rotated[i] = (float) difference;
        }
        rotation.apply(rotated);
        return squares;
    }

    /** Quantises the rotated vector of the scratch, and returns {@code <x, r>}. */
    private double levels(CodeFormat target, CodeQuery scratch, double norm) {
        int size = rotation.size();
        float[] rotated = scratch.rotated;
        byte[] levels = scratch.levels;
        if (!(norm > 0)) {
            Arrays.fill(levels, 0, size, (byte) target.middle());
            return 0;
        }
        float inverse = finite(Math.sqrt(size) / (target.step() * norm));
        float middle = target.middle();
        float shift = middle + 0.5f;
        int max = target.maxLevel();
        float product = 0;
        for (int i = 0; i < size; i++) {
            // Toward zero where it is negative, which the limit makes 0 as well.
            int level = Math.min(Math.max((int) (rotated[i] * inverse + shift), 0), max);
            levels[i] = (byte) level;
            product += (level - middle) * rotated[i];
        }
        return product;
    }

    private double inverseNorm(float[] vector) {
        double norm = Math.sqrt(dot(vector, vector, dimension));
        return norm > 0 ? 1 / norm : 0;
    }

    private static float finite(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    private static double dot(float[] a, float[] b, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
