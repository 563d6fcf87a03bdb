package io.vectordb.rpc;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.WatchRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Follows the metadata of the cluster: holds its newest state and tells listeners of each newer one.
 *
 * <p>The first state comes from the leader, with all that was changed before; so nobody begins with less than others had
 * seen. After that any member serves: the stream is taken up where it broke, with a pause of {@value #RETRY_MILLIS} ms, at
 * another member when one dies or says nothing for {@link #SILENCE}. Meanwhile the last state stays. Versions only rise.
 * Listeners run one after another on this object's own thread and must not block for long. Thread-safe.
 */
public final class ClusterWatch implements AutoCloseable {

    static final long RETRY_MILLIS = 200;
    /** A member that follows its group says so every second. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

    private final MetadataClient metadata;
    private final long silenceNanos;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster-watch").factory());
    private final List<Consumer<ClusterState>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClusterState state;
    private volatile @Nullable Observer current;
    private volatile boolean closed;

    public ClusterWatch(MetadataClient metadata) {
        this(metadata, SILENCE);
    }

    /** @param silence so long a member may say nothing */
    ClusterWatch(MetadataClient metadata, Duration silence) {
        this.metadata = metadata;
        this.silenceNanos = silence.toNanos();
    }

    /** Begins to follow. Listeners added before see every state. */
    public void start() {
        executor.execute(this::subscribe);
        long pause = Math.max(1, silenceNanos / 5);
        executor.scheduleWithFixedDelay(this::leaveSilent, pause, pause, TimeUnit.NANOSECONDS);
    }

    /** The newest state seen, or an empty one of version 0 before the first. */
    public ClusterState state() {
        ClusterState newest = state;
        return newest == null ? ClusterState.getDefaultInstance() : newest;
    }

    /** Whether a state has been seen since the start. */
    public boolean isSynced() {
        return state != null;
    }

    /** Calls {@code listener} with the present state, if there is one, and with every newer one. */
    public void addListener(Consumer<ClusterState> listener) {
        executor.execute(() -> {
            listeners.add(listener);
            ClusterState newest = state;
            if (newest != null) {
                notify(listener, newest);
            }
        });
    }

    /** The state that the leader has now, or a newer one; listeners are told of it as well. */
    public Mono<ClusterState> refresh(Duration timeout) {
        return Mono.defer(() -> metadata.first(
                        MetadataServiceGrpc.getWatchMethod(),
                        request().setConfirmed(true).build(),
                        timeout))
                .flatMap(update -> Mono.create(sink -> {
                    try {
                        executor.execute(() -> {
                            accept(update);
                            sink.success(state());
                        });
                    } catch (RejectedExecutionException e) {
                        sink.error(e);
                    }
                }));
    }

    private WatchRequest.Builder request() {
        ClusterState newest = state();
        return WatchRequest.newBuilder().setFromVersion(newest.getVersion()).setClusterId(newest.getClusterId());
    }

    private void subscribe() {
        if (closed) {
            return;
        }
        String address = isSynced() ? metadata.next() : metadata.leaderOrNext();
        Observer observer = new Observer(address);
        current = observer;
        MetadataServiceGrpc.newStub(metadata.channel(address)).watch(request().build(), observer);
    }

    private void leaveSilent() {
        Observer observer = current;
        if (observer != null && System.nanoTime() - observer.heardNanos > silenceNanos) {
            LOG.info("the metadata member at {} says nothing", observer.address);
            observer.end();
        }
    }

    private void accept(ClusterUpdate update) {
        ClusterState known = state();
        if (!known.getClusterId().isEmpty() && !known.getClusterId().equals(update.getClusterId())) {
            LOG.error(
                    "this process follows cluster {} and was told of cluster {}",
                    known.getClusterId(),
                    update.getClusterId());
            return;
        }
        ClusterStates.after(known, update).ifPresent(next -> {
            state = next;
            listeners.forEach(listener -> notify(listener, next));
        });
    }

    private static void notify(Consumer<ClusterState> listener, ClusterState state) {
        try {
            listener.accept(state);
        } catch (RuntimeException e) {
            LOG.error("a listener failed on metadata version {}", state.getVersion(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        Observer observer = current;
        if (observer != null) {
            observer.cancel();
        }
        executor.shutdownNow();
    }

    /** One stream; when it has ended, by itself or by us, the next begins, once. */
    private final class Observer implements ClientResponseObserver<WatchRequest, ClusterUpdate> {

        private final String address;
        private volatile long heardNanos = System.nanoTime();
        private volatile @Nullable ClientCallStreamObserver<WatchRequest> stream;

        Observer(String address) {
            this.address = address;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
            stream = started;
        }

        @Override
        public void onNext(ClusterUpdate update) {
            heardNanos = System.nanoTime();
            run(() -> accept(update));
        }

        @Override
        public void onError(Throwable thrown) {
            LOG.debug("the metadata stream from {} broke: {}", address, thrown.toString());
            VectorDbException error = GrpcErrors.fromThrowable(thrown);
            if (!isSynced()) {
                metadata.failed(address, error);
            }
            run(this::retry);
        }

        @Override
        public void onCompleted() {
            run(this::retry);
        }

        /** Of one that says nothing: before the first state that may be the leader as it was known. */
        void end() {
            cancel();
            metadata.forget(address);
            retry();
        }

        private void cancel() {
            ClientCallStreamObserver<WatchRequest> started = stream;
            if (started != null) {
                started.cancel("closing", null);
            }
        }

        private void retry() {
            if (current == this && !closed) {
                current = null;
                executor.schedule(ClusterWatch.this::subscribe, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void run(Runnable step) {
            try {
                executor.execute(step);
            } catch (RejectedExecutionException e) {
                LOG.debug("the watch is closed", e);
            }
        }
    }
}
