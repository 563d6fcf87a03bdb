package io.vectordb.segmentstore.grpc;

import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.FetchFileRequest;
import io.vectordb.internal.segments.v1.FileChunk;
import io.vectordb.internal.segments.v1.PutChunk;
import io.vectordb.internal.segments.v1.PutStatus;
import io.vectordb.internal.segments.v1.SegmentServiceGrpc;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.SegmentFile;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One stream of a file's content, either way. A stream on which nothing moves for the stall timeout has failed. */
final class FileCalls {

    private FileCalls() {}

    /** Takes content as it comes. */
    @FunctionalInterface
    interface Target {
        void take(long offset, ByteBuffer content);
    }

    /** Fetches from the offset to the end. */
    static void receive(
            Channel source, ContentHash hash, long from, long size, TransferSettings settings, Target target)
            throws RemoteFailure {
        if (from == size) {
            return;
        }
        BlockingClientCall<?, FileChunk> call = SegmentServiceGrpc.newBlockingV2Stub(source)
                .fetchFile(FetchFileRequest.newBuilder()
                        .setHash(hash.hex())
                        .setOffset(from)
                        .build());
        try {
            for (long at = from; at < size; ) {
                FileChunk chunk = read(call, settings);
                if (chunk == null
                        || chunk.getOffset() != at
                        || chunk.getContent().isEmpty()) {
                    throw new RemoteFailure(new VectorDbException(
                            ErrorCode.SHARD_UNAVAILABLE,
                            "the stream of " + hash + " broke at offset " + at + " of " + size));
                }
                ByteBuffer content = undamaged(chunk);
                at += content.remaining();
                target.take(chunk.getOffset(), content);
            }
        } finally {
            call.cancel("the rest is not needed", null);
        }
    }

    private static ByteBuffer undamaged(FileChunk chunk) throws RemoteFailure {
        try {
            return Chunks.content(chunk);
        } catch (VectorDbException e) {
            throw new RemoteFailure(e);
        }
    }

    /** Sends from where the put is to the end, and asks for the file to be put in the store. */
    static PutStatus send(Channel target, SegmentFile file, PutStatus put, TransferSettings settings)
            throws RemoteFailure {
        BlockingClientCall<PutChunk, PutStatus> call =
                SegmentServiceGrpc.newBlockingV2Stub(target).putChunks();
        try {
            long offset = put.getOffset();
            boolean open = true;
            // One chunk at least: it carries the session.
            do {
                ByteBuffer content = file.read(offset, Chunks.BYTES);
                PutChunk chunk = PutChunk.newBuilder()
                        .setSession(put.getSession())
                        .setChunk(Chunks.of(offset, content.duplicate()))
                        .build();
                open = write(call, chunk, settings);
                offset += content.remaining();
            } while (open && offset < file.sizeBytes());
            if (open) {
                call.halfClose();
            }
            PutStatus status = read(call, settings);
            if (status == null || !status.getComplete()) {
                throw new RemoteFailure(new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE, "the put of " + file.hash() + " ended at offset " + offset));
            }
            return status;
        } finally {
            call.cancel("the answer has come, or does not matter", null);
        }
    }

    private static <A> @Nullable A read(BlockingClientCall<?, A> call, TransferSettings settings) throws RemoteFailure {
        try {
            return call.read(settings.stallTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (StatusException | TimeoutException e) {
            throw new RemoteFailure(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static <Q> boolean write(BlockingClientCall<Q, ?> call, Q message, TransferSettings settings)
            throws RemoteFailure {
        try {
            return call.write(message, settings.stallTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (StatusException | TimeoutException e) {
            throw new RemoteFailure(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static VectorDbException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new VectorDbException(ErrorCode.CANCELLED, "interrupted while a segment file was on its way", e);
    }
}
