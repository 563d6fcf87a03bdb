package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ClusterProcesses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the members of a group send each other is under way for long. */
final class PacketDelay implements Fault {

    private final FaultCluster cluster;
    private final Duration delay;
    private final List<SlowRelay> relays = new ArrayList<>();

    PacketDelay(FaultCluster cluster, Duration delay) {
        this.cluster = cluster;
        this.delay = delay;
    }

    @Override
    public String name() {
        return "messages between storage nodes " + delay.toMillis() + " ms under way";
    }

    @Override
    public void inject() {
        Namespaces network = cluster.network();
        for (String node : ClusterProcesses.STORAGE) {
            int port = cluster.raftPort(node);
            InetSocketAddress target =
                    new InetSocketAddress(network.inside(node).host(), port);
            SlowRelay relay = new SlowRelay(network.outsideHost(), target, delay);
            relays.add(relay);
            network.detour(node, port, relay.port());
        }
    }

    @Override
    public void heal() {
        cluster.network().heal();
        relays.forEach(SlowRelay::close);
        relays.clear();
    }
}
