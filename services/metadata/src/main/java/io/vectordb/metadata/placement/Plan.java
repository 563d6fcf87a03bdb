package io.vectordb.metadata.placement;

import java.util.List;

/**
 * What to do next, the most urgent first.
 *
 * @param obstacles what should be done and cannot
 * @param waiting how many urgent replicas wait for others that are being copied
 * @param before how even the cluster is when what is under way is done
 * @param after and when the plan is done as well
 */
public record Plan(List<PlannedStep> steps, List<Obstacle> obstacles, int waiting, Imbalance before, Imbalance after) {

    /**
     * What stands in the way.
     *
     * @param subject a shard, a node or a disk; empty: the whole cluster
     */
    public record Obstacle(String subject, String reason) {}

    public Plan {
        steps = List.copyOf(steps);
        obstacles = List.copyOf(obstacles);
    }

    /** What is copied between storage nodes. */
    public long copiedBytes() {
        return steps.stream()
                .filter(PlannedStep.Copies.class::isInstance)
                .mapToLong(PlannedStep::bytes)
                .sum();
    }
}
