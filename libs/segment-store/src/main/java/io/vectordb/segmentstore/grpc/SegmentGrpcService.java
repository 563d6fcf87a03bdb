package io.vectordb.segmentstore.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.BeginPutRequest;
import io.vectordb.internal.segments.v1.FetchFileRequest;
import io.vectordb.internal.segments.v1.FileChunk;
import io.vectordb.internal.segments.v1.GetPutRequest;
import io.vectordb.internal.segments.v1.LocateFilesRequest;
import io.vectordb.internal.segments.v1.LocateFilesResponse;
import io.vectordb.internal.segments.v1.LocatedFile;
import io.vectordb.internal.segments.v1.PutChunk;
import io.vectordb.internal.segments.v1.PutStatus;
import io.vectordb.internal.segments.v1.SegmentServiceGrpc;
import io.vectordb.segmentstore.SegmentFile;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.Upload;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Serves a segment store over gRPC. All work with disks runs on the executor given, which should be bounded and refuse what
 * is too much ({@code OVERLOADED}); a client that is slow to read or to send holds no thread.
 *
 * <p>Failures are {@link VectorDbException}s, for the server's interceptor to turn into statuses.
 */
public final class SegmentGrpcService extends SegmentServiceGrpc.SegmentServiceImplBase {

    private static final int MAX_LOCATED = 10_000;

    private final SegmentStore store;
    private final Executor executor;

    public SegmentGrpcService(SegmentStore store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    @Override
    public void locateFiles(LocateFilesRequest request, StreamObserver<LocateFilesResponse> observer) {
        if (request.getHashesCount() > MAX_LOCATED) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "expected at most " + MAX_LOCATED + " hashes, received " + request.getHashesCount());
        }
        LocateFilesResponse.Builder found = LocateFilesResponse.newBuilder();
        for (String hash : request.getHashesList()) {
            store.find(Chunks.hash(hash))
                    .ifPresent(file -> found.addFiles(
                            LocatedFile.newBuilder().setHash(hash).setSizeBytes(file.sizeBytes())));
        }
        answer(observer, found.build());
    }

    @Override
    public void fetchFile(FetchFileRequest request, StreamObserver<FileChunk> observer) {
        ServerCallStreamObserver<FileChunk> out = (ServerCallStreamObserver<FileChunk>) observer;
        SegmentFile file = store.open(Chunks.hash(request.getHash()));
        long size = file.sizeBytes();
        if (request.getOffset() < 0 || request.getOffset() > size || request.getLength() < 0) {
            file.close();
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "expected an offset from 0 to " + size + " and a length of 0 and more, received "
                            + request.getOffset() + " and " + request.getLength());
        }
        long rest = size - request.getOffset();
        long length = request.getLength() == 0 ? rest : Math.min(rest, request.getLength());
        FetchStream stream = new FetchStream(file, request.getOffset(), request.getOffset() + length, out, executor);
        out.setOnReadyHandler(stream::signal);
        out.setOnCancelHandler(stream::end);
        out.setOnCloseHandler(stream::end);
        stream.signal();
    }

    @Override
    public void beginPut(BeginPutRequest request, StreamObserver<PutStatus> observer) {
        run(observer, () -> {
            Upload upload = store.begin(Chunks.hash(request.getHash()), request.getSizeBytes());
            if (upload.sizeBytes() == 0) {
                upload.commit();
            }
            answer(observer, status(upload));
        });
    }

    @Override
    public void getPut(GetPutRequest request, StreamObserver<PutStatus> observer) {
        // A write under way has to end first, and that may take as long as the disk.
        run(
                observer,
                () -> answer(
                        observer,
                        store.upload(request.getSession())
                                .map(SegmentGrpcService::status)
                                .orElse(PutStatus.getDefaultInstance())));
    }

    @Override
    public StreamObserver<PutChunk> putChunks(StreamObserver<PutStatus> observer) {
        return new PutStream(store, (ServerCallStreamObserver<PutStatus>) observer, executor);
    }

    static PutStatus status(Upload upload) {
        return PutStatus.newBuilder()
                .setSession(upload.id())
                .setOffset(upload.offset())
                .setComplete(upload.isComplete())
                .build();
    }

    private void run(StreamObserver<?> observer, Runnable call) {
        try {
            executor.execute(() -> {
                try {
                    call.run();
                } catch (RuntimeException e) {
                    observer.onError(e);
                }
            });
        } catch (RejectedExecutionException e) {
            observer.onError(
                    new VectorDbException(ErrorCode.OVERLOADED, "too many writes of segment files wait already"));
        }
    }

    private static <A> void answer(StreamObserver<A> observer, A response) {
        observer.onNext(response);
        observer.onCompleted();
    }
}
