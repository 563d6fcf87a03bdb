package io.vectordb.vectorindex;

import io.vectordb.vectorindex.kernel.OffHeap;
import io.vectordb.vectorindex.quantization.CodeQuery;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The vector that others are compared with, prepared for it; reused from search to search by one thread.
 *
 * <p>The walk uses float32; {@link #distance} computes what is reported, in double precision.
 */
final class Query {

    /** Half a unit in the last place of a float: the relative error of one operation. */
    private static final double UNIT_ROUNDOFF = 0x1.0p-24;

    private static final long LINE_BYTES = 64;

    private final CodeQuery code = new CodeQuery();
    private float[] values = {};
    private float[] other = {};
    private MemorySegment floats = MemorySegment.NULL;
    private MemorySegment addresses = MemorySegment.NULL;
    private MemorySegment decoded = MemorySegment.NULL;
    private double squaredNorm;
    private float inverseNorm;

    /** Prepares for a valid vector from outside. */
    void prepare(VectorStore store, float[] vector) {
        ensure(store);
        System.arraycopy(vector, 0, values, 0, store.dimension());
        OffHeap.put(floats.address(), values, store.stride());
        squaredNorm = Vectors.dot(values, values, store.dimension());
        inverseNorm = VectorStore.safeInverseNorm(squaredNorm);
    }

    /** Prepares for a stored vector. */
    void prepare(VectorStore store, int node) {
        ensure(store);
        store.get(node, values);
        OffHeap.put(floats.address(), values, store.stride());
        squaredNorm = Double.NaN;
        inverseNorm = store.metric() == Metric.COSINE ? store.inverseNorm(node) : 0;
    }

    /** The same query as codes are compared with it; prepared by their {@link CodeStore}. */
    CodeQuery code() {
        return code;
    }

    /** The address of the vector, padded with zeros to the stride of the store. */
    long floats() {
        return floats.address();
    }

    /** Room for so many addresses, for the time of one call. */
    long addresses(int count) {
        long bytes = (long) count * Long.BYTES;
        if (addresses.byteSize() < bytes) {
            addresses = Arena.ofAuto().allocate(Math.max(bytes, 2 * addresses.byteSize()), LINE_BYTES);
        }
        return addresses.address();
    }

    /** Room for decoded vectors, for the time of one call. */
    long decoded(long bytes) {
        if (decoded.byteSize() < bytes) {
            decoded = Arena.ofAuto().allocate(Math.max(bytes, 2 * decoded.byteSize()), LINE_BYTES);
        }
        return decoded.address();
    }

    /** A buffer for one vector, zero in the padding. */
    float[] other() {
        return other;
    }

    /** The inverse norm, or 0 where only double precision will do. */
    float inverseNorm() {
        return inverseNorm;
    }

    /** The distance to a node as it is reported, in the meaning of the metric. */
    double distance(VectorStore store, int node) {
        int dimension = store.dimension();
        store.get(node, other);
        return switch (store.metric()) {
            case COSINE -> Vectors.cosineDistance(values, squaredNorm(dimension), other, dimension);
            case DOT -> 0 - Vectors.dot(values, other, dimension);
            case L2 -> Math.sqrt(Vectors.squaredL2(values, other, dimension));
        };
    }

    /**
     * A walk distance above which no reported distance can be {@code distance} or less, whatever the rounding: an upper
     * bound of the error of a float32 sum of that many terms (Higham, 2002, section 3.1), doubled.
     */
    float walkBound(VectorStore store, double distance) {
        int dimension = store.dimension();
        double error = 2 * (dimension + 8) * UNIT_ROUNDOFF;
        double underflow = dimension * (double) Float.MIN_VALUE;
        double bound = switch (store.metric()) {
            case COSINE -> distance + error;
            case DOT -> distance + error * Math.sqrt(squaredNorm(dimension)) * store.maxNorm() + underflow;
            case L2 -> distance * distance * (1 + error) + underflow;
        };
        return Math.nextUp((float) bound);
    }

    private double squaredNorm(int dimension) {
        if (Double.isNaN(squaredNorm)) {
            squaredNorm = Vectors.dot(values, values, dimension);
        }
        return squaredNorm;
    }

    private void ensure(VectorStore store) {
        if (values.length < store.stride()) {
            values = new float[store.stride()];
            other = new float[store.stride()];
            floats = Arena.ofAuto().allocate((long) store.stride() * Float.BYTES, LINE_BYTES);
        }
        Arrays.fill(values, store.dimension(), store.stride(), 0);
        Arrays.fill(other, store.dimension(), store.stride(), 0);
    }
}
