package io.vectordb.metadata.placement.simulation;

import io.vectordb.metadata.placement.Replica;
import io.vectordb.metadata.placement.Shard;
import java.util.ArrayList;
import java.util.List;

/** A shard that grows and is asked. */
final class SimulatedShard {

    final String uid;
    final int replicationFactor;
    final List<Replica> replicas = new ArrayList<>();
    String leader = "";
    double bytes;
    double bytesPerSecond;
    double load;
    /** What is told of the load: its mean over some minutes. */
    double toldLoad;
    /** When a replica of it was moved last. */
    long movedAt = Long.MIN_VALUE / 2;

    SimulatedShard(String uid, int replicationFactor, double bytes) {
        this.uid = uid;
        this.replicationFactor = replicationFactor;
        this.bytes = bytes;
    }

    Shard model() {
        return new Shard(uid, replicationFactor, replicas, leader, (long) bytes, toldLoad, false);
    }
}
