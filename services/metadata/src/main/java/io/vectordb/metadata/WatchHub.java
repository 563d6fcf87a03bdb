package io.vectordb.metadata;

import io.grpc.stub.ServerCallStreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.service.RpcServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.context.SmartLifecycle;

/**
 * Sends the metadata to everybody who watches: what changed since the version that the watcher has, and later what changed
 * after that. A watcher that reads slowly skips versions and gets the latest; versions only rise.
 *
 * <p>While this member follows the group, every watcher that has all of it is told so every {@value #SIGN_MILLIS} ms by an
 * update without changes; one that is ahead of this member is not, so that it goes elsewhere.
 *
 * <p>All streams are written by one thread, which nothing blocks; the methods return at once.
 */
final class WatchHub implements SmartLifecycle, MetadataStateMachine.Listener, AutoCloseable {

    private static final long SIGN_MILLIS = 1_000;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-watch").factory());
    /** Touched by the executor's thread only, as are the fields of its elements and what follows. */
    private final List<Watcher> watchers = new ArrayList<>();

    private final ChangeHistory history = new ChangeHistory();
    /** Of the present version, by the version that it begins from. */
    private final Map<Long, ClusterUpdate> updates = new HashMap<>();

    private volatile BooleanSupplier follows = () -> false;
    private volatile boolean stopping;
    private volatile int watching;

    WatchHub() {
        executor.scheduleWithFixedDelay(this::giveSigns, SIGN_MILLIS, SIGN_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param isFollowing whether this member follows its group now; must not block */
    void followWhile(BooleanSupplier isFollowing) {
        follows = isFollowing;
    }

    @Override
    public void opened(MetadataState state) {
        executor.execute(() -> {
            history.restart(state);
            deliverToAll();
        });
    }

    @Override
    public void changed(MetadataState state, List<String> keys) {
        executor.execute(() -> {
            history.add(state, keys);
            deliverToAll();
        });
    }

    /** How many watch. */
    int watching() {
        return watching;
    }

    /**
     * Takes in a stream, to which nothing is sent until {@link #begin}. Called before the handler of the call returns.
     *
     * @throws VectorDbException {@code SHARD_UNAVAILABLE} when this hub stops
     */
    Watcher prepare(ServerCallStreamObserver<ClusterUpdate> stream) {
        if (stopping) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE, "The metadata service is stopping", Map.of("group", "metadata"));
        }
        Watcher watcher = new Watcher(stream);
        stream.setOnCancelHandler(() -> executor.execute(() -> forget(watcher)));
        stream.setOnReadyHandler(() -> executor.execute(() -> deliver(watcher)));
        return watcher;
    }

    /**
     * Sends to it from now on, until it is cancelled or this hub stops.
     *
     * @param version that it has
     * @param answers whether it is sent something at once even when it lacks nothing
     */
    void begin(Watcher watcher, long version, boolean answers) {
        executor.execute(() -> {
            watcher.version = version;
            watcher.isOwed = answers;
            watchers.add(watcher);
            watching = watchers.size();
            if (stopping) {
                end();
            }
            deliver(watcher);
        });
    }

    private void forget(Watcher watcher) {
        watchers.remove(watcher);
        watching = watchers.size();
    }

    private void deliverToAll() {
        updates.clear();
        List.copyOf(watchers).forEach(this::deliver);
    }

    private void deliver(Watcher watcher) {
        MetadataState state = history.current();
        boolean isBehind = state.version() > watcher.version;
        if (!watchers.contains(watcher) || state.clusterId().isEmpty() || !(isBehind || watcher.isOwed)) {
            return;
        }
        if (watcher.stream.isCancelled()) {
            forget(watcher);
        } else if (watcher.stream.isReady()) {
            watcher.isOwed = false;
            watcher.stream.onNext(updates.computeIfAbsent(watcher.version, history::since));
            watcher.version = state.version();
        }
    }

    private void giveSigns() {
        if (!follows.getAsBoolean()) {
            return;
        }
        for (Watcher watcher : List.copyOf(watchers)) {
            if (watcher.version > 0
                    && watcher.version == history.current().version()
                    && watcher.stream.isReady()
                    && !watcher.stream.isCancelled()) {
                watcher.stream.onNext(ClusterUpdate.newBuilder()
                        .setVersion(watcher.version)
                        .setBaseVersion(watcher.version)
                        .setClusterId(history.current().clusterId())
                        .build());
            }
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
        executor.execute(this::end);
    }

    private void end() {
        watchers.stream()
                .filter(watcher -> !watcher.stream.isCancelled())
                .forEach(watcher -> watcher.stream.onCompleted());
        watchers.clear();
        watching = 0;
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

    /** One who watches. */
    static final class Watcher {

        private final ServerCallStreamObserver<ClusterUpdate> stream;
        private long version;
        private boolean isOwed;

        private Watcher(ServerCallStreamObserver<ClusterUpdate> stream) {
            this.stream = stream;
        }
    }
}
