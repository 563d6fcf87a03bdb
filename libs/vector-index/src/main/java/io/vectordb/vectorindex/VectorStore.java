package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.Kernels;
import io.vectordb.vectorindex.kernel.OffHeap;

/**
 * The vectors of one field in flat off-heap memory, and their distances in float32.
 *
 * <p>Vectors are padded with zeros to whole cache lines (from 16 floats on), so that a vector of {@code n} lines costs
 * {@code n} misses and the kernels have no remainder. Under cosine a region beside them holds the inverse norm of each;
 * 0 marks a norm so far from 1 that float32 arithmetic would overflow or lose digits, and such a pair is computed in
 * double precision.
 *
 * <p>Threading: as {@link Region}; different nodes may be written at the same time.
 */
final class VectorStore implements NodeScorer {

    private static final int LINE_FLOATS = 16;
    private static final double SAFE_NORM_MIN = 1e-15;
    private static final double SAFE_NORM_MAX = 1e18;

    private final Metric metric;
    private final int dimension;
    private final VectorEncoding encoding;
    private final Region vectors;
    private final Region inverseNorms;
    private final Kernels kernels;
    /** The greatest norm so far: with that of a query it bounds the rounding error of their inner product. */
    private volatile double maxNorm;

    VectorStore(
            Metric metric,
            int dimension,
            VectorEncoding encoding,
            Region vectors,
            Region inverseNorms,
            double maxNorm,
            Kernels kernels) {
        this.metric = metric;
        this.encoding = encoding;
        this.dimension = dimension;
        this.vectors = vectors;
        this.inverseNorms = inverseNorms;
        this.maxNorm = maxNorm;
        this.kernels = kernels;
    }

    /** Floats from one vector to the next: the dimension and its padding. */
    static int stride(int dimension) {
        return dimension < LINE_FLOATS ? dimension : (dimension + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    }

    Metric metric() {
        return metric;
    }

    int dimension() {
        return dimension;
    }

    int stride() {
        return stride(dimension);
    }

    double maxNorm() {
        return maxNorm;
    }

    /** Makes room; one thread at a time. */
    void ensure(int count) {
        vectors.ensure(count);
        if (metric == Metric.COSINE) {
            inverseNorms.ensure(count);
        }
    }

    /** Stores a valid vector for a node for which there is room. */
    void put(int node, float[] vector) {
        encoding.put(vectors.address(node), vector, dimension);
        double squaredNorm = Vectors.dot(vector, vector, dimension);
        raiseMaxNorm(Math.sqrt(squaredNorm));
        if (metric == Metric.COSINE) {
            OffHeap.putFloat(inverseNorms.address(node), safeInverseNorm(squaredNorm));
        }
    }

    private void raiseMaxNorm(double norm) {
        if (norm > maxNorm) {
            synchronized (this) {
                maxNorm = Math.max(maxNorm, norm);
            }
        }
    }

    /** Copies a vector, as its encoding has kept it, to the start of {@code out}. */
    void get(int node, float[] out) {
        encoding.get(vectors.address(node), out, dimension);
    }

    /** Whether two vectors are equal, bit for bit. */
    boolean isEqual(int a, int b) {
        return OffHeap.isEqual(vectors.address(a), vectors.address(b), (long) dimension * encoding.bytes());
    }

    float inverseNorm(int node) {
        return OffHeap.getFloat(inverseNorms.address(node));
    }

    /** The inverse of a norm, or 0 where float32 cannot be trusted with products of such norms. */
    static float safeInverseNorm(double squaredNorm) {
        double norm = Math.sqrt(squaredNorm);
        return norm >= SAFE_NORM_MIN && norm <= SAFE_NORM_MAX ? (float) (1 / norm) : 0;
    }

    @Override
    public void prepare(Query query, float[] vector) {
        query.prepare(this, vector);
    }

    @Override
    public void prepare(Query query, int node) {
        query.prepare(this, node);
    }

    /** {@code 1 - cos}, {@code -dot} or the squared Euclidean distance, in float32. */
    @Override
    public void distances(Query query, long nodes, int count, long out) {
        long addresses = query.addresses(count);
        vectors.addresses(nodes, count, addresses);
        if (encoding != VectorEncoding.FLOAT32) {
            decode(query, addresses, count);
        }
        switch (metric) {
            case COSINE -> {
                kernels.dot(query.floats(), stride(), addresses, count, out);
                finishCosine(query, nodes, count, out);
            }
            case DOT -> {
                kernels.dot(query.floats(), stride(), addresses, count, out);
                finishDot(query, nodes, count, out);
            }
            case L2 -> {
                kernels.squaredL2(query.floats(), stride(), addresses, count, out);
                finishL2(query, nodes, count, out);
            }
        }
    }

    /** Replaces the addresses of encoded vectors by those of decoded ones. */
    private void decode(Query query, long addresses, int count) {
        long strideBytes = (long) stride() * Float.BYTES;
        long decoded = query.decoded(count * strideBytes);
        for (int i = 0; i < count; i++) {
            long at = addresses + (long) i * Long.BYTES;
            encoding.get(OffHeap.getLong(at), query.other(), dimension);
            OffHeap.put(decoded + i * strideBytes, query.other(), stride());
            OffHeap.putLong(at, decoded + i * strideBytes);
        }
    }

    private void finishCosine(Query query, long nodes, int count, long out) {
        float scale = query.inverseNorm();
        for (int i = 0; i < count; i++) {
            long at = out + (long) i * Float.BYTES;
            int node = OffHeap.getInt(nodes + (long) i * Integer.BYTES);
            float factor = scale * inverseNorm(node);
            float distance = factor == 0 ? (float) query.distance(this, node) : 1 - OffHeap.getFloat(at) * factor;
            OffHeap.putFloat(at, distance);
        }
    }

    private void finishDot(Query query, long nodes, int count, long out) {
        for (int i = 0; i < count; i++) {
            long at = out + (long) i * Float.BYTES;
            float product = OffHeap.getFloat(at);
            boolean finite = Math.abs(product) <= Float.MAX_VALUE;
            OffHeap.putFloat(at, finite ? -product : clamp(query.distance(this, node(nodes, i))));
        }
    }

    private void finishL2(Query query, long nodes, int count, long out) {
        for (int i = 0; i < count; i++) {
            long at = out + (long) i * Float.BYTES;
            if (!(OffHeap.getFloat(at) <= Float.MAX_VALUE)) {
                double distance = query.distance(this, node(nodes, i));
                OffHeap.putFloat(at, clamp(distance * distance));
            }
        }
    }

    private static int node(long nodes, int index) {
        return OffHeap.getInt(nodes + (long) index * Integer.BYTES);
    }

    private static float clamp(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /** What the stored vectors occupy, padding and free room in the last chunks included. */
    long memoryBytes() {
        return vectors.memoryBytes() + inverseNorms.memoryBytes();
    }

    void release() {
        vectors.release();
        inverseNorms.release();
    }
}
