package io.vectordb.metadata.placement;

/**
 * When to act.
 *
 * @param spaceFactor how many times the bytes of a replica its disk has to have free
 * @param fullShare up to which used share a disk is given replicas, and down to which a disk that is too full is relieved
 * @param bytesTolerance by which share of the fuller one two nodes may differ in used share
 * @param loadTolerance the same for load
 * @param loadFloor mean load of a node, operations a second, below which load is no reason
 * @param leaderTolerance by which share of those due to it a node may lead more shards than another
 * @param vanishedShare from which share of storage nodes silent on nothing is moved
 */
public record PlanRules(
        double spaceFactor,
        double fullShare,
        double bytesTolerance,
        double loadTolerance,
        double loadFloor,
        double leaderTolerance,
        double vanishedShare) {

    public static final PlanRules DEFAULT = new PlanRules(1.3, 0.85, 0.10, 0.25, 50, 0.10, 1.0 / 3);
}
