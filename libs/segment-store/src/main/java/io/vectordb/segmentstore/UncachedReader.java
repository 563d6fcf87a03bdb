package io.vectordb.segmentstore;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Compares blocks with their checksums as they are on the disk, past the page cache: what is cached may be well where the
 * disk is not, and reading everything would drive what searches need out of the cache. Where the file system does not
 * offer that, it reads like everybody.
 *
 * <p>One thread at a time. Memory: 1 MiB outside the heap.
 */
final class UncachedReader {

    static final int CHUNK_BYTES = 1 << 20;

    /** No file system asks for more. */
    private static final int ALIGNMENT = 4096;

    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(CHUNK_BYTES + ALIGNMENT).alignedSlice(ALIGNMENT);

    /**
     * Verifies the file from a block on, at most a chunk.
     *
     * @return the block after the last that was verified
     * @throws DamagedFileException when one is not what it was
     */
    int verify(StoredFile file, int firstBlock) throws IOException {
        BlockSums sums = file.sums();
        int endBlock = Math.min(sums.blocks(), firstBlock + Math.max(1, CHUNK_BYTES / sums.blockBytes()));
        if (sums.blockBytes() > CHUNK_BYTES) {
            try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
                BlockReader.read(channel, sums, firstBlock, endBlock);
            }
            return endBlock;
        }
        try (FileChannel channel = open(file.path())) {
            file.checkSize(channel.size());
            buffer.clear().limit(CHUNK_BYTES);
            int found = firstBlock == endBlock ? 0 : channel.read(buffer, sums.blockStart(firstBlock));
            int wanted = firstBlock == endBlock
                    ? 0
                    : (int) (sums.blockStart(endBlock - 1)
                            + sums.blockLength(endBlock - 1)
                            - sums.blockStart(firstBlock));
            if (found < wanted) {
                throw new DamagedFileException(
                        "expected " + wanted + " bytes at " + sums.blockStart(firstBlock) + ", found " + found);
            }
            BlockReader.verify(buffer.flip(), sums, firstBlock, endBlock);
        }
        return endBlock;
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        } catch (IOException | UnsupportedOperationException e) {
            return FileChannel.open(file, StandardOpenOption.READ);
        }
    }
}
