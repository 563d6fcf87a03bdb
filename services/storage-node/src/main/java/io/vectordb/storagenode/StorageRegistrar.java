package io.vectordb.storagenode;

import io.vectordb.service.NodeRegistrar;
import io.vectordb.service.RpcServer;
import io.vectordb.service.ServiceReadiness;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.SmartLifecycle;

/**
 * Registers the node after it has met its cluster: a node whose disks are of another one must not be placed upon.
 */
final class StorageRegistrar implements SmartLifecycle, ServiceReadiness {

    private final NodeRegistrar registrar;
    private final CompletableFuture<Void> joined;
    private volatile boolean running;

    /** @param joined completes when the node knows its cluster */
    StorageRegistrar(NodeRegistrar registrar, CompletableFuture<Void> joined) {
        this.registrar = registrar;
        this.joined = joined;
    }

    @Override
    public void start() {
        running = true;
        joined.thenRun(() -> {
            synchronized (this) {
                if (running) {
                    registrar.start();
                }
            }
        });
    }

    @Override
    public synchronized void stop() {
        running = false;
        registrar.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return RpcServer.PHASE + 1;
    }

    @Override
    public String name() {
        return registrar.name();
    }

    @Override
    public Optional<String> notReadyBecause() {
        return registrar.notReadyBecause();
    }
}
