package io.vectordb.rpc;

import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.WatchRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the metadata of the cluster: holds its newest state and tells listeners of each newer one.
 *
 * <p>The stream is taken up again when it breaks, with a pause of {@value #RETRY_MILLIS} ms; meanwhile the last state
 * stays. Versions only rise. Listeners run one after another on this object's own thread and must not block for long.
 * Thread-safe.
 */
public final class ClusterWatch implements AutoCloseable {

    static final long RETRY_MILLIS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    private final Channel metadata;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster-watch").factory());
    private final List<Consumer<ClusterState>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClusterState state;
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> stream;
    private volatile boolean closed;

    public ClusterWatch(Channel metadata) {
        this.metadata = metadata;
    }

    /** Begins to follow. Listeners added before see every state. */
    public void start() {
        executor.execute(this::subscribe);
    }

    /** The newest state seen, or an empty one of version 0 before the first. */
    public ClusterState state() {
        ClusterState current = state;
        return current == null ? ClusterState.getDefaultInstance() : current;
    }

    /** Whether a state has been seen since the start. */
    public boolean isSynced() {
        return state != null;
    }

    /** Calls {@code listener} with the present state, if there is one, and with every newer one. */
    public void addListener(Consumer<ClusterState> listener) {
        executor.execute(() -> {
            listeners.add(listener);
            ClusterState current = state;
            if (current != null) {
                notify(listener, current);
            }
        });
    }

    private void subscribe() {
        if (closed) {
            return;
        }
        MetadataServiceGrpc.newStub(metadata).watch(WatchRequest.getDefaultInstance(), new Observer());
    }

    private void accept(ClusterState next) {
        ClusterState current = state;
        if (current != null && next.getVersion() <= current.getVersion()) {
            return;
        }
        state = next;
        listeners.forEach(listener -> notify(listener, next));
    }

    private static void notify(Consumer<ClusterState> listener, ClusterState state) {
        try {
            listener.accept(state);
        } catch (RuntimeException e) {
            LOG.error("a listener failed on metadata version {}", state.getVersion(), e);
        }
    }

    private void retry() {
        if (!closed) {
            executor.schedule(this::subscribe, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        closed = true;
        ClientCallStreamObserver<WatchRequest> current = stream;
        if (current != null) {
            current.cancel("closing", null);
        }
        executor.shutdownNow();
    }

    private final class Observer implements ClientResponseObserver<WatchRequest, ClusterState> {

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
            stream = started;
        }

        @Override
        public void onNext(ClusterState next) {
            if (!closed) {
                executor.execute(() -> accept(next));
            }
        }

        @Override
        public void onError(Throwable thrown) {
            LOG.debug("the metadata stream broke: {}", thrown.toString());
            retry();
        }

        @Override
        public void onCompleted() {
            retry();
        }
    }
}
