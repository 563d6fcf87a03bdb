package io.vectordb.benchmarks.micro;

import io.vectordb.vectorindex.kernel.KernelProvider;
import io.vectordb.vectorindex.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One query against four stored vectors a call, as a walk does it; the time is that of one vector. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {

    private static final int PER_CALL = 4;
    private static final long ALIGNMENT = 64;

    /** How the name of the kernels begins. */
    @Param({"native", "vector-api", "scalar"})
    private String kernels = "";

    @Param({"100", "384", "768"})
    private int dimension;

    /** So few that they stay in a cache, and so many that they do not; these are met in an order of chance. */
    @Param({"256", "131072"})
    private int vectors;

    private final Arena arena = Arena.ofAuto();
    private MemorySegment query = MemorySegment.NULL;
    private MemorySegment stored = MemorySegment.NULL;
    private MemorySegment addresses = MemorySegment.NULL;
    private MemorySegment out = MemorySegment.NULL;
    private Kernels chosen = KernelProvider.best();
    private int next;

    @Setup
    public void fill() {
        chosen = KernelProvider.available().stream()
                .filter(candidate -> candidate.name().startsWith(kernels))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there are no kernels " + kernels + " here"));
        Random random = new Random(1);
        long stride = (dimension * (long) Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        query = arena.allocate(stride, ALIGNMENT);
        stored = arena.allocate(stride * vectors, ALIGNMENT);
        out = arena.allocate(PER_CALL * (long) Integer.BYTES, ALIGNMENT);
        addresses = arena.allocate((long) vectors * Long.BYTES, ALIGNMENT);
        for (int i = 0; i < dimension; i++) {
            query.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        for (long i = 0; i < stored.byteSize() / Float.BYTES; i++) {
            stored.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        for (int i = 0; i < vectors; i++) {
            addresses.setAtIndex(ValueLayout.JAVA_LONG, i, stored.address() + stride * random.nextInt(vectors));
        }
    }

    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public MemorySegment dot() {
        chosen.dot(query.address(), dimension, nextAddresses(), PER_CALL, out.address());
        return out;
    }

    /** The same memory, read as bytes: a quarter as many for as many components. */
    @Benchmark
    @OperationsPerInvocation(PER_CALL)
    public MemorySegment dotInt8() {
        chosen.dotInt8(query.address(), dimension, nextAddresses(), PER_CALL, out.address());
        return out;
    }

    private long nextAddresses() {
        next = (next + PER_CALL) % vectors;
        return addresses.address() + (long) next * Long.BYTES;
    }
}
