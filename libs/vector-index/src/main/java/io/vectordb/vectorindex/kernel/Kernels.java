package io.vectordb.vectorindex.kernel;

/**
 * The inner loops of a search: one query against several stored vectors, so that the cache misses of one overlap with
 * those of the others.
 *
 * <p>All memory is given by bare addresses ({@link OffHeap}): {@code vectors} and {@code codes} point to {@code count}
 * longs, each the address of one stored vector; {@code out} points to room for {@code count} results of four bytes.
 * Stored vectors and queries need no alignment beyond that of their elements, but 64 bytes are fastest.
 *
 * <p>Integer kernels are exact, so that all implementations agree to the last bit. Float kernels differ in the order of
 * their sums, by no more than the usual error bound of {@code n} float operations.
 *
 * <p>Stateless and thread-safe. No call allocates.
 */
public interface Kernels {

    /** Bits of a query component in {@link #dotBits}. */
    int QUERY_BITS = 4;

    /** Longs to which the planes of a query are padded in {@link #dotBits}. */
    int WORD_BLOCK = 8;

    /**
     * Asks the memory for some bytes that will be read soon, and goes on at once; does nothing where it cannot. The
     * address need not be readable.
     */
    default void prefetch(long address, long bytes) {}

    /** What this is, for the log and for benchmarks, such as {@code "vector-api/512"}. */
    String name();

    /** The inner products of float32 vectors. */
    void dot(long query, int length, long vectors, int count, long out);

    /** The squared Euclidean distances of float32 vectors. */
    void squaredL2(long query, int length, long vectors, int count, long out);

    /**
     * The inner products of a query of signed bytes and codes of unsigned bytes, as 32-bit integers.
     *
     * @param length components, at most {@link #MAX_INT8_LENGTH}, so that no sum can overflow
     */
    void dotInt8(long query, int length, long codes, int count, long out);

    /** The longest vector of int8 whose sum cannot overflow: {@code 2^31 / (255 * 128)}, down to a power of two. */
    int MAX_INT8_LENGTH = 1 << 16;

    /**
     * The inner products of a query of {@link #QUERY_BITS}-bit integers and codes of few bits, both cut into bit planes,
     * as 32-bit integers: {@code sum over b, p of weight(b) * 2^p * popcount(query plane b AND code plane p)}.
     *
     * <p>A code is its planes, least significant first, each of {@code words / codeBits} longs. A query is
     * {@link #QUERY_BITS} blocks, least significant first, each of {@code words} longs rounded up to a multiple of
     * {@link #WORD_BLOCK}: block {@code b} repeats the query's plane {@code b} once per plane of a code, and is zero in
     * the padding. After those follows one more block of longs that holds the plane number {@code p} of each word. What
     * lies behind a code up to the multiple of {@link #WORD_BLOCK} longs, and the 12 bytes behind its words, must be
     * readable, and do not count; those bytes, which hold corrections as a rule, are brought nearer as well.
     *
     * @param signed whether the components of the query are in two's complement, so that the top plane weighs -8
     * @param words the longs of a code
     */
    void dotBits(long query, boolean signed, int words, long codes, int count, long out);
}
