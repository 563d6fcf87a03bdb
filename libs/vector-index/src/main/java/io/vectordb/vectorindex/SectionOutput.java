package io.vectordb.vectorindex;

import io.vectordb.vectorindex.FrozenFormat.Section;
import io.vectordb.vectorindex.kernel.OffHeap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Writes one section of a {@link FrozenFormat} file from where the channel stands, and keeps its checksum.
 *
 * <p>For one thread. Failures of the file come as {@link UncheckedIOException}.
 */
final class SectionOutput {

    private static final int BUFFER_BYTES = 1 << 18;

    private final FileChannel channel;
    private final long offset;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bytes;

    SectionOutput(FileChannel channel) {
        this.channel = channel;
        try {
            this.offset = channel.position();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one record at an address that holds zeros. */
    interface RecordWriter {
        void write(int index, long address);
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        buffer.putInt(value);
    }

    void putFloat(float value) {
        putInt(Float.floatToRawIntBits(value));
    }

    void putDouble(double value) {
        ensure(Double.BYTES);
        buffer.putDouble(value);
    }

    /** Records that are made at an address. */
    void putRecords(Arena arena, int recordBytes, int count, RecordWriter writer) {
        MemorySegment record = arena.allocate(recordBytes + (long) FrozenFormat.SLACK_BYTES, Long.BYTES);
        for (int i = 0; i < count; i++) {
            OffHeap.fill(record.address(), recordBytes, (byte) 0);
            writer.write(i, record.address());
            put(record.asSlice(0, recordBytes).asByteBuffer());
        }
    }

    private void put(ByteBuffer source) {
        while (source.hasRemaining()) {
            ensure(1);
            int step = Math.min(source.remaining(), buffer.remaining());
            buffer.put(source.slice(source.position(), step));
            source.position(source.position() + step);
        }
    }

    /** Ends the section, fills up to where the next begins, and puts it into the header. */
    void finish(MemorySegment header, Section section) {
        flush();
        FrozenFormat.setSection(header, section, offset, bytes, (int) checksum.getValue());
        long end = offset + bytes + FrozenFormat.SLACK_BYTES;
        long next = (end + FrozenFormat.ALIGNMENT - 1) / FrozenFormat.ALIGNMENT * FrozenFormat.ALIGNMENT;
        for (long at = offset + bytes; at < next; at++) {
            ensure(1);
            buffer.put((byte) 0);
        }
        flush();
    }

    private void ensure(int room) {
        if (buffer.remaining() < room) {
            flush();
        }
    }

    private void flush() {
        buffer.flip();
        checksum.update(buffer.duplicate());
        bytes += buffer.remaining();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        buffer.clear();
    }
}
