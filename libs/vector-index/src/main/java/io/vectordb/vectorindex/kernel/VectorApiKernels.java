package io.vectordb.vectorindex.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API, in the widest registers that the CPU has.
 *
 * <p>The float kernels take four vectors at a time: a graph walk waits for memory and not for arithmetic, so four
 * streams of cache misses overlap where one stream would be waited for, and the four independent sums hide the latency
 * of the multiply-add. A last group of fewer repeats one, which is then in the first-level cache.
 */
final class VectorApiKernels implements Kernels {

    private static final int WIDTH = 4;
    private static final int LINE_BYTES = 64;
    /** What a caller reads behind a code next: its corrections. */
    private static final int BYTES_BEHIND_CODE = 12;

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MemorySegment ALL = OffHeap.ALL;

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, INTS.vectorShape());
    /** Half as wide as the shorts it becomes. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));

    /** An x86 CPU of less has no fused multiply-add, which the Vector API then computes very slowly. */
    private static final int LEAST_BITS = System.getProperty("os.arch", "").equals("amd64") ? 256 : 128;

    /** Below this width counting bits in vector registers is slower than in general ones. */
    private static final boolean COUNTS_BITS = LONGS.vectorBitSize() >= 256;

    private static final Kernels SCALAR = new ScalarKernels();

    private VectorApiKernels() {}

    /** @throws IllegalStateException if this JVM finds no useful vector registers */
    static Kernels create() {
        if (FLOATS.vectorBitSize() < LEAST_BITS) {
            throw new IllegalStateException("the JVM uses vectors of %d bits on this CPU, and at least %d are needed"
                    .formatted(FLOATS.vectorBitSize(), LEAST_BITS));
        }
        return new VectorApiKernels();
    }

    @Override
    public String name() {
        return "vector-api/" + FLOATS.vectorBitSize();
    }

    @Override
    public void dot(long query, int length, long vectors, int count, long out) {
        int bound = FLOATS.loopBound(length);
        for (int v = 0; v < count; v += WIDTH) {
            long a = address(vectors, v);
            long b = address(vectors, Math.min(v + 1, count - 1));
            long c = address(vectors, Math.min(v + 2, count - 1));
            long d = address(vectors, Math.min(v + 3, count - 1));
            FloatVector sumA = FloatVector.zero(FLOATS);
            FloatVector sumB = sumA;
            FloatVector sumC = sumA;
            FloatVector sumD = sumA;
            for (int i = 0; i < bound; i += FLOATS.length()) {
                long at = (long) i * Float.BYTES;
                FloatVector q = floats(query + at);
                sumA = q.fma(floats(a + at), sumA);
                sumB = q.fma(floats(b + at), sumB);
                sumC = q.fma(floats(c + at), sumC);
                sumD = q.fma(floats(d + at), sumD);
            }
            float restA = sumA.reduceLanes(VectorOperators.ADD);
            float restB = sumB.reduceLanes(VectorOperators.ADD);
            float restC = sumC.reduceLanes(VectorOperators.ADD);
            float restD = sumD.reduceLanes(VectorOperators.ADD);
            for (int i = bound; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float q = OffHeap.getFloat(query + at);
                restA += q * OffHeap.getFloat(a + at);
                restB += q * OffHeap.getFloat(b + at);
                restC += q * OffHeap.getFloat(c + at);
                restD += q * OffHeap.getFloat(d + at);
            }
            store(out, v, count, restA, restB, restC, restD);
        }
    }

    @Override
    public void squaredL2(long query, int length, long vectors, int count, long out) {
        int bound = FLOATS.loopBound(length);
        for (int v = 0; v < count; v += WIDTH) {
            long a = address(vectors, v);
            long b = address(vectors, Math.min(v + 1, count - 1));
            long c = address(vectors, Math.min(v + 2, count - 1));
            long d = address(vectors, Math.min(v + 3, count - 1));
            FloatVector sumA = FloatVector.zero(FLOATS);
            FloatVector sumB = sumA;
            FloatVector sumC = sumA;
            FloatVector sumD = sumA;
            for (int i = 0; i < bound; i += FLOATS.length()) {
                long at = (long) i * Float.BYTES;
                FloatVector q = floats(query + at);
                FloatVector differenceA = q.sub(floats(a + at));
                FloatVector differenceB = q.sub(floats(b + at));
                FloatVector differenceC = q.sub(floats(c + at));
                FloatVector differenceD = q.sub(floats(d + at));
                sumA = differenceA.fma(differenceA, sumA);
                sumB = differenceB.fma(differenceB, sumB);
                sumC = differenceC.fma(differenceC, sumC);
                sumD = differenceD.fma(differenceD, sumD);
            }
            float restA = sumA.reduceLanes(VectorOperators.ADD);
            float restB = sumB.reduceLanes(VectorOperators.ADD);
            float restC = sumC.reduceLanes(VectorOperators.ADD);
            float restD = sumD.reduceLanes(VectorOperators.ADD);
            for (int i = bound; i < length; i++) {
                long at = (long) i * Float.BYTES;
                float q = OffHeap.getFloat(query + at);
                restA += square(q - OffHeap.getFloat(a + at));
                restB += square(q - OffHeap.getFloat(b + at));
                restC += square(q - OffHeap.getFloat(c + at));
                restD += square(q - OffHeap.getFloat(d + at));
            }
            store(out, v, count, restA, restB, restC, restD);
        }
    }

    private static void store(long out, int v, int count, float a, float b, float c, float d) {
        long at = out + (long) v * Float.BYTES;
        OffHeap.putFloat(at, a);
        if (v + 3 < count) {
            OffHeap.putFloat(at + 4, b);
            OffHeap.putFloat(at + 8, c);
            OffHeap.putFloat(at + 12, d);
        } else {
            if (v + 1 < count) {
                OffHeap.putFloat(at + 4, b);
            }
            if (v + 2 < count) {
                OffHeap.putFloat(at + 8, c);
            }
        }
    }

    @Override
    public void dotInt8(long query, int length, long codes, int count, long out) {
        int bound = BYTES.loopBound(length);
        touch(codes, count, length + BYTES_BEHIND_CODE, out);
        for (int v = 0; v < count; v++) {
            long code = address(codes, v);
            IntVector low = IntVector.zero(INTS);
            IntVector high = low;
            for (int i = 0; i < bound; i += BYTES.length()) {
                ShortVector q = (ShortVector) ByteVector.fromMemorySegment(BYTES, ALL, query + i, ORDER)
                        .convertShape(VectorOperators.B2S, SHORTS, 0);
                ShortVector c = (ShortVector) ByteVector.fromMemorySegment(BYTES, ALL, code + i, ORDER)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2S, SHORTS, 0);
                // At most 255 * 128, which a short holds.
                ShortVector products = q.mul(c);
                // As ints, of which each half is sign-extended by shifts: cheaper than widening the halves of a
                // register.
                IntVector pairs = products.reinterpretAsInts();
                low = low.add(
                        pairs.lanewise(VectorOperators.LSHL, Short.SIZE).lanewise(VectorOperators.ASHR, Short.SIZE));
                high = high.add(pairs.lanewise(VectorOperators.ASHR, Short.SIZE));
            }
            int sum = low.add(high).reduceLanes(VectorOperators.ADD);
            for (int i = bound; i < length; i++) {
                sum += OffHeap.getByte(query + i) * (OffHeap.getByte(code + i) & 0xFF);
            }
            OffHeap.putInt(out + (long) v * Integer.BYTES, sum);
        }
    }

    @Override
    public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
        long block = ScalarKernels.blockBytes(words);
        long plane1 = query + block;
        long plane2 = plane1 + block;
        long plane3 = plane2 + block;
        long planeNumbers = plane3 + block;
        touch(codes, count, (long) words * Long.BYTES + BYTES_BEHIND_CODE, out);
        if (!COUNTS_BITS) {
            SCALAR.dotBits(query, signed, words, codes, count, out);
            return;
        }
        for (int v = 0; v < count; v++) {
            long code = address(codes, v);
            LongVector sum = LongVector.zero(LONGS);
            for (long at = 0; at < block; at += LONGS.vectorByteSize()) {
                LongVector word = longs(code + at);
                LongVector ones = popcount(word, query + at);
                LongVector twos = popcount(word, plane1 + at);
                LongVector fours = popcount(word, plane2 + at);
                LongVector eights = popcount(word, plane3 + at);
                LongVector high = signed ? fours.sub(eights.add(eights)) : fours.add(eights.add(eights));
                LongVector low = ones.add(twos.add(twos));
                LongVector weighted = low.add(high.lanewise(VectorOperators.LSHL, 2));
                sum = sum.add(weighted.lanewise(VectorOperators.LSHL, longs(planeNumbers + at)));
            }
            OffHeap.putInt(out + (long) v * Integer.BYTES, (int) sum.reduceLanes(VectorOperators.ADD));
        }
    }

    /**
     * Reads a byte of every cache line of every code, since Java has no prefetch instruction. The reads depend on
     * nothing and are done in a few instructions, so the processor has all their misses in flight at once, where the
     * arithmetic of a kernel would fill its window after two or three codes.
     *
     * @param sink where the sum of what was read goes, so that the reads are not optimised away
     */
    private static void touch(long codes, int count, long bytes, long sink) {
        int sum = 0;
        for (int v = 0; v < count; v++) {
            long code = address(codes, v);
            for (long at = 0; at < bytes; at += LINE_BYTES) {
                sum += OffHeap.getByte(code + at);
            }
        }
        if (count > 0) {
            OffHeap.putInt(sink, sum);
        }
    }

    private static LongVector popcount(LongVector word, long plane) {
        return word.and(longs(plane)).lanewise(VectorOperators.BIT_COUNT);
    }

    private static LongVector longs(long address) {
        return LongVector.fromMemorySegment(LONGS, ALL, address, ORDER);
    }

    private static FloatVector floats(long address) {
        return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
    }

    private static long address(long addresses, int index) {
        return OffHeap.getLong(addresses + (long) index * Long.BYTES);
    }

    private static float square(float value) {
        return value * value;
    }
}
