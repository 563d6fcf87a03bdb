package io.vectordb.segmentstore.grpc;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.FileChunk;
import io.vectordb.segmentstore.ContentHash;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Pieces of files as they travel, each with a checksum of its own. */
final class Chunks {

    /** What we send; four blocks of a file. */
    static final int BYTES = 256 << 10;

    private Chunks() {}

    static FileChunk of(long offset, ByteBuffer content) {
        return FileChunk.newBuilder()
                .setOffset(offset)
                .setCrc32C(crc(content.duplicate()))
                .setContent(ByteString.copyFrom(content))
                .build();
    }

    /**
     * The content, if it came as it was sent.
     *
     * @throws VectorDbException {@code INVALID_VALUE}
     */
    static ByteBuffer content(FileChunk chunk) {
        ByteBuffer content = chunk.getContent().asReadOnlyByteBuffer();
        int found = crc(content.duplicate());
        if (found != chunk.getCrc32C()) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "chunk of %d bytes at offset %d: expected crc32c %08x, received %08x"
                            .formatted(content.remaining(), chunk.getOffset(), chunk.getCrc32C(), found));
        }
        return content;
    }

    static ContentHash hash(String hex) {
        if (!ContentHash.isHash(hex)) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "expected a hash of 64 hexadecimal digits, received \"" + hex + "\"");
        }
        return new ContentHash(hex);
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }
}
