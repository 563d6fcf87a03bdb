package io.vectordb.rpc;

import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the metadata service that a node is here: at once, until it is heard, and then as a sign of life. Thread-safe. */
public final class NodeRegistration implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRegistration.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(200);

    private final MetadataClient metadata;
    private final Supplier<Node> node;
    private final Duration heartbeat;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("node-registration").factory());
    private volatile boolean registered;
    private @Nullable ScheduledFuture<?> next;

    /** @param node asked before each sign of life, since what it says of itself changes; must not block */
    public NodeRegistration(MetadataClient metadata, Supplier<Node> node, Duration heartbeat) {
        this.metadata = metadata;
        this.node = node;
        this.heartbeat = heartbeat;
    }

    public void start() {
        executor.execute(this::register);
    }

    /** Whether the metadata service has heard of this node since the start. */
    public boolean isRegistered() {
        return registered;
    }

    private void register() {
        try {
            Node current = node.get();
            RegisterNodeResponse response = metadata.call(
                            MetadataServiceGrpc.getRegisterNodeMethod(),
                            RegisterNodeRequest.newBuilder().setNode(current).build(),
                            DEADLINE)
                    .blockOptional()
                    .orElseThrow();
            if (!registered) {
                LOG.info("registered as {} in cluster {}", current.getId(), response.getClusterId());
            }
            registered = true;
            schedule(heartbeat);
        } catch (RuntimeException e) {
            LOG.debug("not registered: {}", e.toString());
            schedule(RETRY);
        }
    }

    private void schedule(Duration delay) {
        if (!executor.isShutdown()) {
            next = executor.schedule(this::register, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        ScheduledFuture<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
        }
        executor.shutdownNow();
    }
}
