package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A reader's hold on one file of the store: until it is closed the file is neither deleted nor unmapped.
 *
 * <p>Should the file be found damaged meanwhile it goes to quarantine, and this hold still shows it as it is: see
 * {@link #isLost()}. Any number of threads may read at once; closing is idempotent, and what is read through it afterwards
 * fails with {@link IllegalStateException}, at the latest when the last reader of the file has left.
 */
public final class SegmentFile implements AutoCloseable {

    private static final int VERIFY_BYTES = 1 << 20;

    private final StoredFile file;
    private final Catalog catalog;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable FileChannel channel;

    /** For a file of which a reader was counted already. */
    SegmentFile(StoredFile file, Catalog catalog) {
        this.file = file;
        this.catalog = catalog;
    }

    public ContentHash hash() {
        return file.hash();
    }

    public long sizeBytes() {
        return file.size();
    }

    /** Where the content is, alone and whole, for libraries that open files themselves. Not to be written. */
    public Path path() {
        return file.path();
    }

    /** Whether the file was found damaged, or its disk failed, since this hold was taken. */
    public boolean isLost() {
        return file.isDead();
    }

    /**
     * The content, mapped; no checksum is compared. Do not use it after closing this.
     *
     * @throws VectorDbException {@code SEGMENT_CORRUPT} when the file is not as long as it was
     */
    public MemorySegment memory() {
        checkOpen();
        try {
            return file.memory();
        } catch (IOException e) {
            throw catalog.readFailed(file, e);
        }
    }

    /**
     * A range of the content, of which every block was compared with its checksum.
     *
     * @param length cut at the end of the file
     * @throws VectorDbException {@code SEGMENT_CORRUPT} when a block is damaged; the file is in quarantine then
     */
    public ByteBuffer read(long offset, int length) {
        checkOpen();
        if (offset < 0 || offset > file.size() || length < 0) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "expected an offset from 0 to " + file.size() + " and a length of 0 and more, received " + offset
                            + " and " + length);
        }
        int wanted = (int) Math.min(length, file.size() - offset);
        if (wanted == 0) {
            return ByteBuffer.allocate(0);
        }
        try {
            BlockSums sums = file.sums();
            int first = (int) (offset / sums.blockBytes());
            int end = BlockSums.blocksOf(offset + wanted, sums.blockBytes());
            ByteBuffer blocks = BlockReader.read(channel(), sums, first, end);
            return blocks.slice((int) (offset - sums.blockStart(first)), wanted);
        } catch (IOException e) {
            throw catalog.readFailed(file, e);
        }
    }

    /**
     * Compares every block with its checksum.
     *
     * @throws VectorDbException {@code SEGMENT_CORRUPT} as for {@link #read}
     */
    public void verify() {
        for (long at = 0; at < sizeBytes(); at += VERIFY_BYTES) {
            read(at, VERIFY_BYTES);
        }
    }

    private synchronized FileChannel channel() throws IOException {
        checkOpen();
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(file.path(), StandardOpenOption.READ);
            channel = open;
        }
        return open;
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the hold on " + hash() + " is closed");
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        synchronized (this) {
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // It was read only.
                }
            }
        }
        file.release();
    }
}
