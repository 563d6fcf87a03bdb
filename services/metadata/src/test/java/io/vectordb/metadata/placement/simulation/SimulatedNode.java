package io.vectordb.metadata.placement.simulation;

import io.vectordb.metadata.placement.Disk;
import io.vectordb.metadata.placement.DiskLevel;
import io.vectordb.metadata.placement.NodeState;
import io.vectordb.metadata.placement.StorageNode;
import java.util.ArrayList;
import java.util.List;

/** A storage node: what it is, and what is seen of it by its heartbeats. */
final class SimulatedNode {

    private static final long SUSPECT_SECONDS = 5;
    private static final long DOWN_SECONDS = 30;
    private static final long DEAD_SECONDS = 600;
    private static final long NEVER = Long.MAX_VALUE;

    final String id;
    final String zone;
    final long diskBytes;
    final double[] usedBytes;
    private long silentFrom = NEVER;
    private long backAt = NEVER;
    boolean isDraining;
    int receiving;
    int sending;

    SimulatedNode(String id, String zone, int disks, long diskBytes) {
        this.id = id;
        this.zone = zone;
        this.diskBytes = diskBytes;
        this.usedBytes = new double[disks];
    }

    void fail(long now, long seconds) {
        silentFrom = now;
        backAt = now + seconds;
    }

    void failForGood(long now) {
        silentFrom = Math.min(silentFrom, now);
        backAt = NEVER;
    }

    /** Lets it come back when it is time. */
    void tick(long now) {
        if (silentFrom != NEVER && now >= backAt) {
            silentFrom = NEVER;
            backAt = NEVER;
        }
    }

    boolean isReachable() {
        return silentFrom == NEVER;
    }

    NodeState state(long now) {
        if (silentFrom == NEVER || now - silentFrom < SUSPECT_SECONDS) {
            return isDraining ? NodeState.DRAINING : NodeState.UP;
        }
        long silent = now - silentFrom;
        return silent < DOWN_SECONDS ? NodeState.SUSPECT : silent < DEAD_SECONDS ? NodeState.DOWN : NodeState.DEAD;
    }

    double totalBytes() {
        return (double) diskBytes * usedBytes.length;
    }

    double used() {
        double sum = 0;
        for (double used : usedBytes) {
            sum += used;
        }
        return sum;
    }

    StorageNode model(long now) {
        List<Disk> disks = new ArrayList<>();
        for (int i = 0; i < usedBytes.length; i++) {
            double share = usedBytes[i] / diskBytes;
            DiskLevel level = share >= 0.95
                    ? DiskLevel.REJECT_WRITES
                    : share >= 0.90
                            ? DiskLevel.MOVE_AWAY
                            : share >= 0.85 ? DiskLevel.NO_NEW_REPLICAS : DiskLevel.NORMAL;
            disks.add(new Disk("d" + i, diskBytes, rounded((long) Math.max(0, diskBytes - usedBytes[i])), level));
        }
        return new StorageNode(id, zone, state(now), disks);
    }

    /** As nodes tell it: down to two binary digits. */
    private static long rounded(long free) {
        int drop = Math.max(0, 62 - Long.numberOfLeadingZeros(free));
        return free >> drop << drop;
    }
}
