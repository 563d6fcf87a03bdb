package io.vectordb.vectorindex;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Anonymous memory in blocks of whole large pages, where the system has such: with pages of 4 KiB every random access to
 * a graph of any size also misses the translation buffer, which makes it about half as dear again.
 *
 * <p>On Linux by {@code mmap} and {@code madvise(MADV_HUGEPAGE)}, which is a request; elsewhere, and where native access
 * is denied, ordinary memory of the arena. Thread-safe.
 */
final class LargeBlocks {

    static final long PAGE_BYTES = 2 << 20;

    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x2 | 0x20;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

    private static final Optional<Calls> CALLS = Calls.find();

    private LargeBlocks() {}

    /** Zeroed memory, aligned to a large page, freed with the arena. */
    static MemorySegment allocate(Arena arena, long bytes) {
        long rounded = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        return CALLS.map(calls -> calls.map(arena, rounded)).orElseGet(() -> arena.allocate(rounded, PAGE_BYTES));
    }

    private record Calls(MethodHandle mmap, MethodHandle madvise, MethodHandle munmap) {

        static Optional<Calls> find() {
            if (!System.getProperty("os.name", "").equals("Linux")) {
                return Optional.empty();
            }
            try {
                Linker linker = Linker.nativeLinker();
                SymbolLookup libc = linker.defaultLookup();
                ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
                ValueLayout.OfInt flag = ValueLayout.JAVA_INT;
                return Optional.of(new Calls(
                        linker.downcallHandle(
                                libc.findOrThrow("mmap"),
                                FunctionDescriptor.of(size, size, size, flag, flag, flag, size)),
                        linker.downcallHandle(
                                libc.findOrThrow("madvise"), FunctionDescriptor.of(flag, size, size, flag)),
                        linker.downcallHandle(libc.findOrThrow("munmap"), FunctionDescriptor.of(flag, size, size))));
            } catch (RuntimeException e) {
                // Native access is denied, or this is no glibc: the arena's own memory does as well.
                return Optional.empty();
            }
        }

        MemorySegment map(Arena arena, long bytes) {
            // One page more, so that a block aligned to a page lies within.
            long mapped = bytes + PAGE_BYTES;
            try {
                long start = (long) mmap.invokeExact(0L, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
                if (start == MAP_FAILED) {
                    return arena.allocate(bytes, PAGE_BYTES);
                }
                MemorySegment.ofAddress(start).reinterpret(mapped, arena, segment -> unmap(start, mapped));
                long aligned = (start + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
                // Refused, it leaves small pages, which work as well.
                int ignored = (int) madvise.invokeExact(aligned, bytes, MADV_HUGEPAGE);
                return MemorySegment.ofAddress(aligned).reinterpret(bytes);
            } catch (Throwable e) {
                throw new IllegalStateException("cannot map " + bytes + " bytes of memory", e);
            }
        }

        private void unmap(long start, long bytes) {
            try {
                int ignored = (int) munmap.invokeExact(start, bytes);
            } catch (Throwable e) {
                throw new IllegalStateException("cannot unmap " + bytes + " bytes of memory", e);
            }
        }
    }
}
