package io.vectordb.segmentstore.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.PutChunk;
import io.vectordb.internal.segments.v1.PutStatus;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.Upload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One stream of chunks from a client: the next is asked for when the last is written, so at most one waits here. A stream
 * that breaks leaves the upload as it is, to be gone on with.
 */
final class PutStream implements StreamObserver<PutChunk> {

    private final SegmentStore store;
    private final ServerCallStreamObserver<PutStatus> out;
    private final Executor executor;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private @Nullable Upload upload;
    private boolean failed;

    PutStream(SegmentStore store, ServerCallStreamObserver<PutStatus> out, Executor executor) {
        this.store = store;
        this.out = out;
        this.executor = executor;
        out.disableAutoRequest();
        out.setOnCancelHandler(() -> {});
        out.request(1);
    }

    @Override
    public void onNext(PutChunk chunk) {
        after(() -> {
            write(chunk);
            out.request(1);
        });
    }

    @Override
    public void onCompleted() {
        after(() -> {
            out.onNext(finish());
            out.onCompleted();
        });
    }

    @Override
    public void onError(Throwable error) {
        // The client went away, or the network did.
    }

    /** Steps run one after another, and none after one that failed. */
    private void after(Runnable step) {
        last = last.thenRunAsync(() -> run(step), executor);
        // A step keeps its failure to itself, so this is the executor's.
        last.exceptionally(refused -> {
            fail(new VectorDbException(ErrorCode.OVERLOADED, "too many writes of segment files wait already"));
            return null;
        });
    }

    private void run(Runnable step) {
        if (out.isCancelled() || hasFailed()) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void write(PutChunk chunk) {
        Upload to = upload;
        if (to == null) {
            to = store.upload(chunk.getSession())
                    .orElseThrow(() -> new VectorDbException(
                            ErrorCode.INVALID_VALUE, "there is no put \"" + chunk.getSession() + "\""));
            upload = to;
        }
        to.write(chunk.getChunk().getOffset(), Chunks.content(chunk.getChunk()));
    }

    private PutStatus finish() {
        Upload done = upload;
        if (done == null) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "expected chunks, received none");
        }
        if (done.offset() == done.sizeBytes()) {
            done.commit();
        }
        return SegmentGrpcService.status(done);
    }

    private synchronized boolean hasFailed() {
        return failed;
    }

    private void fail(RuntimeException error) {
        synchronized (this) {
            if (failed) {
                return;
            }
            failed = true;
        }
        if (!out.isCancelled()) {
            out.onError(error);
        }
    }
}
