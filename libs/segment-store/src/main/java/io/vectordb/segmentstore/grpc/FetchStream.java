package io.vectordb.segmentstore.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.FileChunk;
import io.vectordb.segmentstore.SegmentFile;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file on its way to a client, as fast as the client takes it: reads only while the call is ready, holds no thread
 * otherwise, and holds the file until the end.
 */
final class FetchStream {

    private final SegmentFile file;
    private final ServerCallStreamObserver<FileChunk> out;
    private final Executor executor;
    private final long end;
    /** Signals not answered yet; who raises it from 0 starts the one run that there is at a time. */
    private final AtomicInteger signals = new AtomicInteger();

    private volatile boolean ended;
    private long offset;
    private boolean done;

    FetchStream(SegmentFile file, long offset, long end, ServerCallStreamObserver<FileChunk> out, Executor executor) {
        this.file = file;
        this.offset = offset;
        this.end = end;
        this.out = out;
        this.executor = executor;
    }

    /** To be called when the call is over, however it ended. */
    void end() {
        ended = true;
        signal();
    }

    /** To be called when the client is ready for more. */
    void signal() {
        if (signals.getAndIncrement() > 0) {
            return;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            // Nobody else runs: that is ours until the signals are taken back.
            fail(new VectorDbException(ErrorCode.OVERLOADED, "too many reads of segment files wait already"));
            signals.set(0);
        }
    }

    private void run() {
        int answered = signals.get();
        do {
            try {
                send();
            } catch (RuntimeException e) {
                fail(e);
            }
            answered = signals.addAndGet(-answered);
        } while (answered > 0);
    }

    private void send() {
        while (!done && !ended && out.isReady() && offset < end) {
            int length = (int) Math.min(Chunks.BYTES, end - offset);
            out.onNext(Chunks.of(offset, file.read(offset, length)));
            offset += length;
        }
        if (!done && (ended || offset == end)) {
            done = true;
            file.close();
            if (!ended) {
                out.onCompleted();
            }
        }
    }

    private void fail(RuntimeException e) {
        if (!done) {
            done = true;
            file.close();
            if (!ended) {
                out.onError(e);
            }
        }
    }
}
