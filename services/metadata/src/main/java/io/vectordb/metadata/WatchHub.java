package io.vectordb.metadata;

import io.grpc.stub.ServerCallStreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.service.RpcServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.SmartLifecycle;

/**
 * Sends the metadata to everybody who watches: the present state first, then newer ones. A watcher that reads slowly
 * skips states and gets the latest; versions only rise.
 *
 * <p>Opened when the log has applied everything committed before this start, so that nobody sees an older state than
 * before it. All streams are written by one thread, which nothing blocks; {@link #publish} and {@link #watch} return at
 * once.
 */
final class WatchHub implements SmartLifecycle, AutoCloseable {

    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("metadata-watch").factory());
    /** Touched by the executor's thread only, as are the fields of its elements. */
    private final List<Watcher> watchers = new ArrayList<>();

    private volatile MetadataState latest = MetadataState.EMPTY;
    private volatile boolean opened;
    private volatile boolean stopping;
    private ClusterState sent = ClusterState.getDefaultInstance();

    /** The newest state, from the thread of the log. */
    void publish(MetadataState state) {
        latest = state;
        executor.execute(this::deliverToAll);
    }

    /** Lets states out from now on. */
    void open() {
        opened = true;
        executor.execute(this::deliverToAll);
    }

    /** Sends to {@code stream} until it is cancelled or this hub stops. Called before the handler of the call returns. */
    void watch(ServerCallStreamObserver<ClusterState> stream) {
        if (stopping) {
            stream.onError(new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "The metadata service is stopping"));
            return;
        }
        Watcher watcher = new Watcher(stream);
        stream.setOnCancelHandler(() -> executor.execute(() -> watchers.remove(watcher)));
        stream.setOnReadyHandler(() -> executor.execute(() -> deliver(watcher)));
        executor.execute(() -> {
            watchers.add(watcher);
            deliver(watcher);
        });
    }

    private void deliverToAll() {
        List.copyOf(watchers).forEach(this::deliver);
    }

    private void deliver(Watcher watcher) {
        MetadataState state = latest;
        if (!opened || state.clusterId().isEmpty() || state.version() <= watcher.version) {
            return;
        }
        if (watcher.stream.isCancelled()) {
            watchers.remove(watcher);
        } else if (watcher.stream.isReady()) {
            if (sent.getVersion() != state.version()) {
                sent = state.toClusterState();
            }
            watcher.version = state.version();
            watcher.stream.onNext(sent);
        }
    }

    @Override
    public void start() {
        stopping = false;
    }

    /** Ends every stream, so that the server need not wait for them. */
    @Override
    public void stop() {
        stopping = true;
        executor.execute(() -> {
            watchers.stream()
                    .filter(watcher -> !watcher.stream.isCancelled())
                    .forEach(watcher -> watcher.stream.onCompleted());
            watchers.clear();
        });
    }

    @Override
    public boolean isRunning() {
        return !stopping;
    }

    /** Stops before the server that carries the streams. */
    @Override
    public int getPhase() {
        return RpcServer.PHASE + 1;
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    private static final class Watcher {

        private final ServerCallStreamObserver<ClusterState> stream;
        private long version = -1;

        Watcher(ServerCallStreamObserver<ClusterState> stream) {
            this.stream = stream;
        }
    }
}
