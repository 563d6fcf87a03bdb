package io.vectordb.storagenode;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.storage.v1.BackupShardRequest;
import io.vectordb.internal.storage.v1.BackupShardResponse;
import io.vectordb.internal.storage.v1.RestoreShardRequest;
import io.vectordb.internal.storage.v1.RestoreShardResponse;
import io.vectordb.internal.storage.v1.RestoredShard;
import io.vectordb.internal.storage.v1.StorageBackupServiceGrpc;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs up and restores shards of this node as others ask. Each call has a thread; a few work at once and the others wait.
 * While they do, their callers hear of them once a second.
 */
final class BackupGrpcService extends StorageBackupServiceGrpc.StorageBackupServiceImplBase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackupGrpcService.class);
    private static final int CALLS = 32;

    private final ShardBackups backups;
    private final ShardRestores restores;
    private final BackupMetrics metrics;
    private final Semaphore working;
    private final ExecutorService calls = new ThreadPoolExecutor(
            0,
            CALLS,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("storage-backup-", 0).factory());
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("storage-backup-ticker").factory());

    BackupGrpcService(ShardBackups backups, ShardRestores restores, BackupMetrics metrics, int atOnce) {
        this.backups = backups;
        this.restores = restores;
        this.metrics = metrics;
        this.working = new Semaphore(atOnce);
    }

    @Override
    public void backupShard(BackupShardRequest request, StreamObserver<BackupShardResponse> observer) {
        run(
                "backup",
                observer,
                progress -> {
                    ShardBackup backup = backups.backUp(request, progress);
                    metrics.stored(backup.getNewBytes());
                    return answer(progress).setBackup(backup).build();
                },
                progress -> answer(progress).build());
    }

    private static BackupShardResponse.Builder answer(BackupProgress progress) {
        return BackupShardResponse.newBuilder().setBytesDone(progress.done()).setBytesTotal(progress.total());
    }

    @Override
    public void restoreShard(RestoreShardRequest request, StreamObserver<RestoreShardResponse> observer) {
        run(
                "restore",
                observer,
                progress -> {
                    RestoredShard restored = restores.restore(request, progress);
                    metrics.restored(restored.getRecords());
                    return RestoreShardResponse.newBuilder()
                            .setRecordsDone(progress.records())
                            .setRestored(restored)
                            .build();
                },
                progress -> RestoreShardResponse.newBuilder()
                        .setRecordsDone(progress.records())
                        .build());
    }

    private <A> void run(
            String kind,
            StreamObserver<A> observer,
            Function<BackupProgress, A> work,
            Function<BackupProgress, A> tick) {
        ServerCallStreamObserver<A> stream = (ServerCallStreamObserver<A>) observer;
        BackupProgress progress = new BackupProgress(stream::isCancelled);
        stream.setOnCancelHandler(() -> {});
        try {
            calls.execute(() -> call(kind, stream, progress, work, tick));
        } catch (RejectedExecutionException e) {
            observer.onError(new VectorDbException(
                    ErrorCode.OVERLOADED, CALLS + " backups and restores of shards wait already on this storage node"));
        }
    }

    private <A> void call(
            String kind,
            ServerCallStreamObserver<A> stream,
            BackupProgress progress,
            Function<BackupProgress, A> work,
            Function<BackupProgress, A> tick) {
        Future<?> ticking = ticker.scheduleAtFixedRate(
                () -> {
                    synchronized (stream) {
                        if (stream.isReady()) {
                            stream.onNext(tick.apply(progress));
                        }
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
        long began = System.nanoTime();
        try {
            A answer = inTurn(progress, work);
            ticking.cancel(false);
            metrics.ended(kind, false, System.nanoTime() - began);
            synchronized (stream) {
                stream.onNext(answer);
                stream.onCompleted();
            }
        } catch (RuntimeException e) {
            ticking.cancel(false);
            metrics.ended(kind, true, System.nanoTime() - began);
            LOG.warn("the {} of a shard failed: {}", kind, e.toString());
            synchronized (stream) {
                stream.onError(e);
            }
        }
    }

    private <A> A inTurn(BackupProgress progress, Function<BackupProgress, A> work) {
        try {
            while (!working.tryAcquire(1, TimeUnit.SECONDS)) {
                progress.check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the node is closing");
        }
        try {
            return work.apply(progress);
        } finally {
            working.release();
        }
    }

    /** Work in progress ends at its next look around; the stores are closed after it. */
    @Override
    public void close() {
        ticker.shutdownNow();
        calls.shutdownNow();
        try {
            if (!calls.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("a backup or a restore does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
