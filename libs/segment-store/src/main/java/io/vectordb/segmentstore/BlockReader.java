package io.vectordb.segmentstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads whole blocks of a file and compares each with its checksum. */
final class BlockReader {

    private BlockReader() {}

    /**
     * The content of some blocks in a row, at least one.
     *
     * @throws DamagedFileException when the file ends early or a block is not what it was
     */
    static ByteBuffer read(FileChannel channel, BlockSums sums, int firstBlock, int endBlock) throws IOException {
        long start = sums.blockStart(firstBlock);
        long end = sums.blockStart(endBlock - 1) + sums.blockLength(endBlock - 1);
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(end - start));
        while (content.hasRemaining()) {
            if (channel.read(content, start + content.position()) < 0) {
                throw new DamagedFileException(
                        "expected " + sums.size() + " bytes, found " + (start + content.position()));
            }
        }
        verify(content.flip(), sums, firstBlock, endBlock);
        return content;
    }

    /**
     * Compares blocks in a row with their checksums.
     *
     * @param content begins with the first of them
     */
    static void verify(ByteBuffer content, BlockSums sums, int firstBlock, int endBlock) throws DamagedFileException {
        long start = sums.blockStart(firstBlock);
        for (int block = firstBlock; block < endBlock; block++) {
            int at = Math.toIntExact(sums.blockStart(block) - start);
            if (!sums.matches(block, content.slice(at, sums.blockLength(block)))) {
                throw new DamagedFileException("block " + block + " at offset " + sums.blockStart(block) + " of "
                        + sums.size() + " fails its crc32c");
            }
        }
    }
}
