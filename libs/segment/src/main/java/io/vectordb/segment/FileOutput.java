package io.vectordb.segment;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new file, written once from its beginning to its end; numbers are little-endian. */
final class FileOutput implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    FileOutput(Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
    }

    long position() {
        return position;
    }

    void writeInt(int value) throws IOException {
        number.putInt(0, value);
        write(number.array(), Integer.BYTES);
    }

    void writeLong(long value) throws IOException {
        number.putLong(0, value);
        write(number.array(), Long.BYTES);
    }

    void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    void write(MemorySegment bytes) throws IOException {
        write(bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        position += length;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
