package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.ScrollRequest;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a scroll goes on: behind which position (bucket and key) of which shard, for which request.
 *
 * <p>As text: URL-safe base64 of a version byte, a hash, the number of the shard, the position. The hash covers the
 * request without its paging, so that a cursor is not used for another filter, and the place itself, so that a damaged
 * cursor does not lead elsewhere.
 *
 * @param shard its number in the order of the buckets
 * @param position of the last record given; empty: from the shard's start
 */
record ScrollCursor(int shard, ByteString position) {

    private static final byte VERSION = 1;

    /** The cursor of a request, or the start where it has none. */
    static ScrollCursor of(ScrollRequest request, CollectionHandle collection) {
        if (request.getCursor().isEmpty()) {
            return new ScrollCursor(0, ByteString.EMPTY);
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(Base64.getUrlDecoder().decode(request.getCursor()));
            if (buffer.get() != VERSION) {
                throw invalid();
            }
            int hash = buffer.getInt();
            int shard = buffer.getInt();
            ScrollCursor cursor = new ScrollCursor(shard, ByteString.copyFrom(buffer));
            if (hash != cursor.hash(request, collection)
                    || shard < 0
                    || shard >= collection.shards().size()) {
                throw invalid();
            }
            return cursor;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw invalid();
        }
    }

    String text(ScrollRequest request, CollectionHandle collection) {
        ByteBuffer buffer = ByteBuffer.allocate(9 + position.size());
        buffer.put(VERSION).putInt(hash(request, collection)).putInt(shard).put(position.asReadOnlyByteBuffer());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static VectorDbException invalid() {
        return new VectorDbException(
                ErrorCode.INVALID_CURSOR,
                "the cursor is not one of this scroll: filter, select and collection have to stay as they were");
    }

    private int hash(ScrollRequest request, CollectionHandle collection) {
        CRC32C crc = new CRC32C();
        crc.update(collection.collection().getUidBytes().asReadOnlyByteBuffer());
        crc.update(Deterministic.bytes(request.toBuilder()
                .clearCursor()
                .clearLimit()
                .clearConsistency()
                .clearTimeout()
                .clearAllowPartial()
                .build()));
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, shard));
        crc.update(position.asReadOnlyByteBuffer());
        return (int) crc.getValue();
    }
}
