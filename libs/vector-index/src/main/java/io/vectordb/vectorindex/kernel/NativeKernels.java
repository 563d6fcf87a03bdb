package io.vectordb.vectorindex.kernel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels in C, one object per level of CPU: they have what Java has not, a prefetch instruction and the products of
 * bytes.
 *
 * <p>Calls are critical, that is without a change of the thread's state, and so last a few nanoseconds more than the
 * work. As no garbage collection can begin meanwhile, a call of many vectors is cut into parts of about
 * {@value #PART_BYTES} bytes.
 *
 * <p>Initialising this class loads the library, and throws if it cannot.
 */
final class NativeKernels implements Kernels {

    /** Bytes of vectors that one downcall reads: some 100 microseconds, and more than a call of a graph walk has. */
    private static final int PART_BYTES = 1 << 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = NativeLibrary.load();
    private static final MethodHandle LEVELS =
            handle("vectordb_kernels_levels", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    private static final MethodHandle NAME =
            handle("vectordb_kernels_name", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle DOT = kernel("vectordb_dot");
    private static final MethodHandle SQUARED_L2 = kernel("vectordb_squared_l2");
    private static final MethodHandle DOT_INT8 = kernel("vectordb_dot_int8");
    private static final MethodHandle DOT_BITS = handle(
            "vectordb_dot_bits",
            FunctionDescriptor.ofVoid(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));

    private static final MethodHandle PREFETCH =
            handle("vectordb_prefetch", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private final int level;
    private final String name;

    private NativeKernels(int level) {
        this.level = level;
        this.name = "native/" + levelName(level);
    }

    /** The kernels of every level that this CPU has, the best last; none if it has no level that was written for. */
    static List<Kernels> levels() {
        try {
            int levels = (int) LEVELS.invokeExact();
            List<Kernels> kernels = new ArrayList<>();
            for (int level = 0; level < levels; level++) {
                kernels.add(new NativeKernels(level));
            }
            return kernels;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void prefetch(long address, long bytes) {
        try {
            PREFETCH.invokeExact(address, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void dot(long query, int length, long vectors, int count, long out) {
        int part = part((long) length * Float.BYTES, count);
        for (int v = 0; v < count; v += part) {
            try {
                DOT.invokeExact(level, query, length, item(vectors, v), Math.min(part, count - v), result(out, v));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    @Override
    public void squaredL2(long query, int length, long vectors, int count, long out) {
        int part = part((long) length * Float.BYTES, count);
        for (int v = 0; v < count; v += part) {
            try {
                SQUARED_L2.invokeExact(
                        level, query, length, item(vectors, v), Math.min(part, count - v), result(out, v));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    @Override
    public void dotInt8(long query, int length, long codes, int count, long out) {
        int part = part(length, count);
        for (int v = 0; v < count; v += part) {
            try {
                DOT_INT8.invokeExact(level, query, length, item(codes, v), Math.min(part, count - v), result(out, v));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    @Override
    public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
        int part = part((long) words * Long.BYTES, count);
        int isSigned = signed ? 1 : 0;
        for (int v = 0; v < count; v += part) {
            try {
                DOT_BITS.invokeExact(
                        level, query, isSigned, words, item(codes, v), Math.min(part, count - v), result(out, v));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    /** How many of some vectors, each of so many bytes, one downcall takes. */
    private static int part(long bytes, int count) {
        return count * bytes <= PART_BYTES ? count : (int) Math.max(1, PART_BYTES / bytes);
    }

    private static long item(long addresses, int index) {
        return addresses + (long) index * Long.BYTES;
    }

    private static long result(long out, int index) {
        return out + (long) index * Integer.BYTES;
    }

    private static MethodHandle kernel(String name) {
        return handle(
                name,
                FunctionDescriptor.ofVoid(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
    }

    private static MethodHandle handle(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LIBRARY.findOrThrow(name), type, Linker.Option.critical(false));
    }

    private static String levelName(int level) {
        try {
            long address = (long) NAME.invokeExact(level);
            return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** C code throws nothing, and the types of the handles are those of the calls. */
    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a native kernel threw", e);
    }
}
