package io.vectordb.benchmarks.data;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * The vectors of an {@code .fvecs} file, mapped: per vector its dimension as an int32, then as many float32, all
 * little-endian, all vectors of one dimension.
 *
 * <p>Mapped, so that engines in several processes read one copy and none of it counts as theirs. Any number of threads
 * may read. The mapping lasts until the garbage collector finds the object gone.
 */
public final class VectorFile {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_DIMENSION = 65_536;

    private final Path path;
    private final MemorySegment bytes;
    private final int dimension;
    private final int size;

    private VectorFile(Path path, MemorySegment bytes, int dimension, int size) {
        this.path = path;
        this.bytes = bytes;
        this.dimension = dimension;
        this.size = size;
    }

    /** @throws VectorDbException when the file is missing, or its length is not that of whole vectors */
    public static VectorFile open(Path path) {
        MemorySegment bytes;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "cannot read " + path, e);
        }
        if (bytes.byteSize() < Integer.BYTES) {
            throw malformed(path, "expected a dimension, found " + bytes.byteSize() + " bytes");
        }
        int dimension = bytes.get(INT, 0);
        if (dimension < 1 || dimension > MAX_DIMENSION) {
            throw malformed(path, "expected a dimension within 1 and " + MAX_DIMENSION + ", found " + dimension);
        }
        long stride = stride(dimension);
        if (bytes.byteSize() % stride != 0) {
            throw malformed(path, "expected a multiple of " + stride + " bytes, found " + bytes.byteSize() + " bytes");
        }
        return new VectorFile(path, bytes, dimension, Math.toIntExact(bytes.byteSize() / stride));
    }

    public Path path() {
        return path;
    }

    public int dimension() {
        return dimension;
    }

    public int size() {
        return size;
    }

    /** Copies one vector to the start of {@code out}. */
    public void copy(int index, float[] out) {
        long offset = Objects.checkIndex(index, size) * stride(dimension);
        int found = bytes.get(INT, offset);
        if (found != dimension) {
            throw malformed(path, "expected dimension " + dimension + " at vector " + index + ", found " + found);
        }
        MemorySegment.copy(bytes, FLOAT, offset + Integer.BYTES, out, 0, dimension);
    }

    public float[] get(int index) {
        float[] out = new float[dimension];
        copy(index, out);
        return out;
    }

    /** All of them on the heap; meant for queries. */
    public float[][] toArrays() {
        float[][] out = new float[size][];
        for (int i = 0; i < size; i++) {
            out[i] = get(i);
        }
        return out;
    }

    private static long stride(int dimension) {
        return Integer.BYTES + (long) Float.BYTES * dimension;
    }

    private static VectorDbException malformed(Path path, String what) {
        return new VectorDbException(ErrorCode.INVALID_VALUE, path + " is no fvecs file: " + what);
    }
}
