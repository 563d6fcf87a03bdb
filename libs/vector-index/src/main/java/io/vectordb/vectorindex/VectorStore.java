package io.vectordb.vectorindex;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The vectors of one field, as they came in, in flat off-heap memory.
 *
 * <p>Vectors lie in chunks that never move, each padded with zeros to whole cache lines (from 16 floats on), so that a
 * vector of {@code n} lines costs {@code n} misses and the kernels have no remainder. Under cosine an array beside them
 * holds the inverse norm of each; 0 marks a norm so far from 1 that float32 arithmetic would overflow or lose digits,
 * and such a pair is computed in double precision.
 *
 * <p>Off-heap and not {@code float[]}: with four vectors at a time both are equally fast, alignment is ours to choose,
 * and gigabytes of vectors stay away from the garbage collector. The memory is freed with the last reference to it.
 *
 * <p>Threading: one writer appends while any number of threads read. The tables of chunks are volatile; the contents
 * are published by the graph, which publishes its size after a node was stored and linked, and readers read only below
 * it.
 */
final class VectorStore {

    private static final int LINE_FLOATS = 16;
    private static final long LINE_BYTES = 64;
    private static final long CHUNK_BYTES = 1 << 20;

    private static final double SAFE_NORM_MIN = 1e-15;
    private static final double SAFE_NORM_MAX = 1e18;

    private final Metric metric;
    private final int dimension;
    private final int stride;
    private final int shift;
    private final int mask;
    private final Arena arena = Arena.ofAuto();
    private final FloatChunks inverseNorms = new FloatChunks();
    private volatile MemorySegment[] chunks = {};
    /** The greatest norm so far: with that of a query it bounds the rounding error of their inner product. */
    private volatile double maxNorm;

    private int size;

    VectorStore(Metric metric, int dimension) {
        this.metric = metric;
        this.dimension = dimension;
        stride = dimension < LINE_FLOATS ? dimension : (dimension + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
        long perChunk = Math.max(1, CHUNK_BYTES / ((long) stride * Float.BYTES));
        shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(perChunk);
        mask = (1 << shift) - 1;
    }

    Metric metric() {
        return metric;
    }

    int dimension() {
        return dimension;
    }

    /** Floats from one vector to the next: the dimension and its padding. */
    int stride() {
        return stride;
    }

    /** Appends a valid vector and returns its node; writer only. */
    int append(float[] vector) {
        int node = size;
        MemorySegment[] table = chunks;
        if (node >>> shift == table.length) {
            table = Arrays.copyOf(table, table.length + 1);
            table[table.length - 1] = arena.allocate(chunkBytes(), LINE_BYTES);
            chunks = table;
        }
        MemorySegment.copy(vector, 0, table[node >>> shift], ValueLayout.JAVA_FLOAT, offset(node), dimension);
        double squaredNorm = Vectors.dot(vector, vector, dimension);
        maxNorm = Math.max(maxNorm, Math.sqrt(squaredNorm));
        if (metric == Metric.COSINE) {
            inverseNorms.set(node, safeInverseNorm(squaredNorm));
        }
        size = node + 1;
        return node;
    }

    /** Copies a vector, bit for bit as it came in, to the start of {@code out}. */
    void get(int node, float[] out) {
        MemorySegment.copy(chunks[node >>> shift], ValueLayout.JAVA_FLOAT, offset(node), out, 0, dimension);
    }

    /** Whether two vectors are equal, bit for bit. */
    boolean isEqual(int a, int b) {
        long bytes = (long) dimension * Float.BYTES;
        MemorySegment[] table = chunks;
        return table[a >>> shift].asSlice(offset(a), bytes).mismatch(table[b >>> shift].asSlice(offset(b), bytes)) < 0;
    }

    double maxNorm() {
        return maxNorm;
    }

    float inverseNorm(int node) {
        return FloatChunks.get(inverseNorms.table(), node);
    }

    /** The inverse of a norm, or 0 where float32 cannot be trusted with products of such norms. */
    static float safeInverseNorm(double squaredNorm) {
        double norm = Math.sqrt(squaredNorm);
        return norm >= SAFE_NORM_MIN && norm <= SAFE_NORM_MAX ? (float) (1 / norm) : 0;
    }

    /**
     * The walk distances, in float32, of a query and some nodes: {@code 1 - cos}, {@code -dot} or the squared Euclidean
     * distance; never NaN nor infinite.
     *
     * @param out where they go, parallel to the nodes; with room for {@code count} rounded up to a multiple of four
     */
    void distances(Query query, int[] nodes, int count, float[] out) {
        MemorySegment[] table = chunks;
        for (int i = 0; i < count; i += VectorKernels.WIDTH) {
            int last = count - 1;
            int a = nodes[i];
            int b = nodes[Math.min(i + 1, last)];
            int c = nodes[Math.min(i + 2, last)];
            int d = nodes[Math.min(i + 3, last)];
            if (metric == Metric.L2) {
                VectorKernels.squaredL2(
                        query.values(),
                        stride,
                        table[a >>> shift],
                        offset(a),
                        table[b >>> shift],
                        offset(b),
                        table[c >>> shift],
                        offset(c),
                        table[d >>> shift],
                        offset(d),
                        query.sums(),
                        out,
                        i);
            } else {
                VectorKernels.dot(
                        query.values(),
                        stride,
                        table[a >>> shift],
                        offset(a),
                        table[b >>> shift],
                        offset(b),
                        table[c >>> shift],
                        offset(c),
                        table[d >>> shift],
                        offset(d),
                        query.sums(),
                        out,
                        i);
            }
        }
        switch (metric) {
            case COSINE -> finishCosine(query, nodes, count, out);
            case DOT -> finishDot(query, nodes, count, out);
            case L2 -> finishL2(query, nodes, count, out);
        }
    }

    private void finishCosine(Query query, int[] nodes, int count, float[] out) {
        float[][] norms = inverseNorms.table();
        float scale = query.inverseNorm();
        for (int i = 0; i < count; i++) {
            float factor = scale * FloatChunks.get(norms, nodes[i]);
            out[i] = factor == 0 ? (float) query.distance(this, nodes[i]) : 1 - out[i] * factor;
        }
    }

    private void finishDot(Query query, int[] nodes, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.isFinite(out[i]) ? -out[i] : clamp(query.distance(this, nodes[i]));
        }
    }

    private void finishL2(Query query, int[] nodes, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(out[i])) {
                double distance = query.distance(this, nodes[i]);
                out[i] = clamp(distance * distance);
            }
        }
    }

    private static float clamp(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /** What the stored vectors occupy, padding and free room in the last chunks included. */
    long memoryBytes() {
        return chunks.length * chunkBytes() + inverseNorms.memoryBytes();
    }

    private long chunkBytes() {
        return (long) stride * Float.BYTES << shift;
    }

    private long offset(int node) {
        return (long) (node & mask) * stride * Float.BYTES;
    }
}
