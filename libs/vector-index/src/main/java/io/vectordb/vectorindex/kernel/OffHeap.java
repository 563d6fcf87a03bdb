package io.vectordb.vectorindex.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads and writes at bare addresses, as the kernels and the walk of a graph need them: a bounds and liveness check per
 * access costs as much as the access.
 *
 * <p>Nothing here checks an address. Whoever passes one owns the memory, keeps it reachable while it is in use, and has
 * checked what came from outside, such as the content of a file, before it becomes an address.
 */
public final class OffHeap {

    /** The address space of the process. */
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private OffHeap() {}

    public static byte getByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    public static short getShort(long address) {
        return ALL.get(ValueLayout.JAVA_SHORT, address);
    }

    public static void putShort(long address, short value) {
        ALL.set(ValueLayout.JAVA_SHORT, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(ValueLayout.JAVA_INT, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(ValueLayout.JAVA_INT, address, value);
    }

    public static long getLong(long address) {
        return ALL.get(ValueLayout.JAVA_LONG, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(ValueLayout.JAVA_LONG, address, value);
    }

    public static float getFloat(long address) {
        return ALL.get(ValueLayout.JAVA_FLOAT, address);
    }

    public static void putFloat(long address, float value) {
        ALL.set(ValueLayout.JAVA_FLOAT, address, value);
    }

    /** Copies the first {@code count} floats of an array to an address. */
    public static void put(long address, float[] values, int count) {
        MemorySegment.copy(values, 0, ALL, ValueLayout.JAVA_FLOAT, address, count);
    }

    /** Copies {@code count} floats from an address to the start of an array. */
    public static void get(long address, float[] out, int count) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_FLOAT, address, out, 0, count);
    }

    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void fill(long address, long bytes, byte value) {
        ALL.asSlice(address, bytes).fill(value);
    }

    /** Whether so many bytes at two addresses are equal. */
    public static boolean isEqual(long a, long b, long bytes) {
        return MemorySegment.mismatch(ALL, a, a + bytes, ALL, b, b + bytes) < 0;
    }
}
