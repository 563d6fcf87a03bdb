package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.util.List;

/** SIGTERM and a new start, one node after another, as when their program is replaced. */
final class RollingRestart implements Fault {

    private final List<ServerProcess> nodes;
    private final Runnable between;

    /** @param between runs before each */
    RollingRestart(List<ServerProcess> nodes, Runnable between) {
        this.nodes = nodes;
        this.between = between;
    }

    @Override
    public String name() {
        return "storage nodes restarted one after another";
    }

    @Override
    public void inject() {
        for (ServerProcess node : nodes) {
            between.run();
            node.terminate();
            node.start().awaitReady();
        }
    }

    @Override
    public void heal() {}
}
