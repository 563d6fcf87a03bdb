package io.vectordb.storagenode;

import io.vectordb.service.RpcServer;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Hands the shards that this node leads to others before it stops, while it still answers: callers are sent on to the new
 * leaders and wait for no election.
 */
final class LeadershipHandover implements SmartLifecycle {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final DiskServers node;
    private volatile boolean running;

    LeadershipHandover(DiskServers node) {
        this.node = node;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        node.handOver(TIMEOUT);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stopped before the node is signed off and its server closes. */
    @Override
    public int getPhase() {
        return RpcServer.PHASE + 2;
    }
}
