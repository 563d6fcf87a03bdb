package io.vectordb.segmentstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The checksums of a file's blocks, so that a range of it can be verified without the rest. Kept beside the file, as
 * {@code <hash>.sums}, so that the file itself holds its content and nothing else.
 *
 * <p>Format, all numbers little-endian:
 *
 * <table>
 *   <caption>Fields in order</caption>
 *   <tr><td>int32</td><td>magic {@code 0x53424456}: the letters VDBS</td></tr>
 *   <tr><td>int32</td><td>version, 1</td></tr>
 *   <tr><td>int32</td><td>bytes of a block, a power of two from 4 KiB to 16 MiB; what we write has 64 KiB</td></tr>
 *   <tr><td>int32</td><td>number of blocks, {@code ceil(size / block)}</td></tr>
 *   <tr><td>int64</td><td>size of the file in bytes</td></tr>
 *   <tr><td>32 bytes</td><td>SHA-256 of the file</td></tr>
 *   <tr><td>int32 each</td><td>CRC32C (Castagnoli, RFC 3720) of each block; the last block may be shorter</td></tr>
 *   <tr><td>int32</td><td>CRC32C of everything before it</td></tr>
 * </table>
 *
 * <p>Immutable. Memory: 4 bytes a block, 64 KiB for a file of 1 GiB.
 */
final class BlockSums {

    static final String SUFFIX = ".sums";
    static final int BLOCK_BYTES = 64 << 10;

    private static final int MAGIC = 0x53424456;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 4 * Integer.BYTES + Long.BYTES + ContentHash.BYTES;
    private static final int MIN_BLOCK_BYTES = 4 << 10;
    private static final int MAX_BLOCK_BYTES = 16 << 20;

    private final ContentHash hash;
    private final long size;
    private final int blockBytes;
    private final int[] sums;

    private BlockSums(ContentHash hash, long size, int blockBytes, int[] sums) {
        this.hash = hash;
        this.size = size;
        this.blockBytes = blockBytes;
        this.sums = sums;
    }

    ContentHash hash() {
        return hash;
    }

    long size() {
        return size;
    }

    int blockBytes() {
        return blockBytes;
    }

    int blocks() {
        return sums.length;
    }

    long blockStart(int block) {
        return (long) block * blockBytes;
    }

    int blockLength(int block) {
        return (int) Math.min(blockBytes, size - blockStart(block));
    }

    /** Whether the bytes from position to limit are this block's. */
    boolean matches(int block, ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.duplicate());
        return (int) crc.getValue() == sums[block];
    }

    static int blocksOf(long size, int blockBytes) {
        return Math.toIntExact((size + blockBytes - 1) / blockBytes);
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(encodedBytes(sums.length)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION).putInt(blockBytes).putInt(sums.length).putLong(size);
        hash.put(out);
        for (int sum : sums) {
            out.putInt(sum);
        }
        out.putInt(crcOf(out.array(), out.position()));
        return out.flip();
    }

    static int encodedBytes(int blocks) {
        return HEADER_BYTES + Integer.BYTES * (blocks + 1);
    }

    /** Reads what {@link #encode} wrote. */
    static BlockSums decode(byte[] bytes) throws IOException {
        if (bytes.length < encodedBytes(0)) {
            throw new IOException("expected sums of " + encodedBytes(0) + " bytes and more, found " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        int version = in.getInt();
        if (magic != MAGIC || version != VERSION) {
            throw new IOException(
                    "expected magic %08x and version %d, found %08x and %d".formatted(MAGIC, VERSION, magic, version));
        }
        int expected = in.getInt(bytes.length - Integer.BYTES);
        int found = crcOf(bytes, bytes.length - Integer.BYTES);
        if (expected != found) {
            throw new IOException("expected crc32c %08x of the sums, found %08x".formatted(expected, found));
        }
        int blockBytes = in.getInt();
        int blocks = in.getInt();
        long size = in.getLong();
        checkShape(blockBytes, blocks, size, bytes.length);
        ContentHash hash = ContentHash.get(in);
        int[] sums = new int[blocks];
        for (int block = 0; block < blocks; block++) {
            sums[block] = in.getInt();
        }
        return new BlockSums(hash, size, blockBytes, sums);
    }

    private static void checkShape(int blockBytes, int blocks, long size, int encoded) throws IOException {
        boolean possible = blockBytes >= MIN_BLOCK_BYTES
                && blockBytes <= MAX_BLOCK_BYTES
                && Integer.bitCount(blockBytes) == 1
                && blocks >= 0
                && size >= 0
                && size <= (long) blocks * blockBytes
                && blocks == blocksOf(size, blockBytes)
                && encoded == HEADER_BYTES + Integer.BYTES * (blocks + 1L);
        if (!possible) {
            throw new IOException("sums of " + encoded + " bytes cannot have " + blocks + " blocks of " + blockBytes
                    + " bytes for a file of " + size);
        }
    }

    private static int crcOf(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** Makes the sums while the content goes by. */
    static final class Builder {

        private final CRC32C crc = new CRC32C();
        private int[] sums = new int[16];
        private int blocks;
        private int inBlock;
        private long size;

        void update(ByteBuffer content) {
            ByteBuffer rest = content.duplicate();
            size += rest.remaining();
            while (rest.hasRemaining()) {
                int n = Math.min(rest.remaining(), BLOCK_BYTES - inBlock);
                crc.update(rest.slice(rest.position(), n));
                rest.position(rest.position() + n);
                inBlock += n;
                if (inBlock == BLOCK_BYTES) {
                    endBlock();
                }
            }
        }

        BlockSums build(ContentHash hash) {
            if (inBlock > 0) {
                endBlock();
            }
            return new BlockSums(hash, size, BLOCK_BYTES, Arrays.copyOf(sums, blocks));
        }

        private void endBlock() {
            if (blocks == sums.length) {
                sums = Arrays.copyOf(sums, 2 * blocks);
            }
            sums[blocks++] = (int) crc.getValue();
            crc.reset();
            inBlock = 0;
        }
    }
}
