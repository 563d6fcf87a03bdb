package io.vectordb.service;

import io.vectordb.rpc.ClusterWatch;
import org.springframework.context.SmartLifecycle;

/**
 * Begins to follow the metadata once the servers of this process are up, and ends before they stop: they would wait for
 * its stream when one of them is the metadata service.
 */
final class ClusterWatchLifecycle implements SmartLifecycle {

    private final ClusterWatch watch;
    private boolean running;

    ClusterWatchLifecycle(ClusterWatch watch) {
        this.watch = watch;
    }

    @Override
    public void start() {
        watch.start();
        running = true;
    }

    @Override
    public void stop() {
        watch.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return RpcServer.PHASE + 1;
    }
}
