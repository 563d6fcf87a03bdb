package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ClusterProcesses;

/** Packets between storage nodes get lost at random. */
final class PacketLoss implements Fault {

    private final Namespaces network;
    private final double share;

    PacketLoss(Namespaces network, double share) {
        this.network = network;
        this.share = share;
    }

    @Override
    public String name() {
        return Math.round(share * 100) + " % of the packets between storage nodes lost";
    }

    @Override
    public void inject() {
        ClusterProcesses.STORAGE.forEach(node -> network.lose(node, share));
    }

    @Override
    public void heal() {
        network.heal();
    }
}
