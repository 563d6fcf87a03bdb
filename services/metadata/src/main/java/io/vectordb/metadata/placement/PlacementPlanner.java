package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.List;

/**
 * What to do so that every shard has its replicas and indexes where they belong. Deterministic, and free of state: a plan
 * follows from the model alone. What is planned counts at once, and the next plan counts what was begun as done, so that a
 * cluster that is as it should be yields an empty plan.
 *
 * <p>In order: safety (the shard that can bear least first), drains, full disks, zones, then bytes and load, leaders. While
 * something of the first three waits for others to be copied, nothing is begun for balance.
 *
 * <p>Never: two replicas of a shard on one node; anything on a node that is not up; a disk used beyond
 * {@link PlanRules#fullShare()} or with less than {@link PlanRules#spaceFactor()} times the replica free; a change of members
 * without a majority alive; zones less even than before, but for a node that is emptied while nothing else has room; anything
 * at all on storage nodes while more than {@link PlanRules#vanishedShare()} of them are silent.
 *
 * <p>Cost: about nodes times replicas when much is uneven, nodes squared when nothing is.
 */
public final class PlacementPlanner {

    private final PlanRules rules;
    private final PlanLimits limits;

    public PlacementPlanner(PlanRules rules, PlanLimits limits) {
        this.rules = rules;
        this.limits = limits;
    }

    public Plan plan(ClusterModel model) {
        Draft draft = Boards.storage(model, rules, limits);
        Imbalance before = draft.board.imbalance();
        long silent = Boards.silent(draft.board);
        long all = Boards.counted(draft.board);
        if (silent > rules.vanishedShare() * all) {
            draft.obstacle(
                    "",
                    silent + " of " + all + " storage nodes are silent, which is more than "
                            + Words.percent(rules.vanishedShare())
                            + ": nothing is moved, since it may be the network");
        } else {
            new Repairs(draft).plan();
            new Drains(draft).plan();
            new DiskRelief(draft).plan();
            if (draft.waiting == 0) {
                new ZoneSpread(draft).plan();
                new Balance(draft).plan();
                new Leaders(draft).plan();
            }
        }
        Draft indexes = indexes(model);
        List<PlannedStep> steps = new ArrayList<>();
        indexes.steps.stream().filter(step -> step.cause() == Cause.SAFETY).forEach(steps::add);
        steps.addAll(draft.steps);
        indexes.steps.stream().filter(step -> step.cause() != Cause.SAFETY).forEach(steps::add);
        List<Plan.Obstacle> obstacles = new ArrayList<>(draft.obstacles);
        obstacles.addAll(indexes.obstacles);
        return new Plan(steps, obstacles, draft.waiting, before, draft.board.imbalance());
    }

    /** Indexes lose nothing by moving, so they follow also while many nodes are silent. */
    private Draft indexes(ClusterModel model) {
        Draft draft = Boards.index(model, rules, limits);
        new Repairs(draft).plan();
        new Drains(draft).plan();
        if (draft.waiting == 0) {
            new ZoneSpread(draft).plan();
            new Balance(draft).plan();
        }
        return draft;
    }
}
