package io.vectordb.metadata.placement.simulation;

import io.vectordb.metadata.placement.Cause;
import io.vectordb.metadata.placement.ClusterModel;
import io.vectordb.metadata.placement.InitialPlacement;
import io.vectordb.metadata.placement.NodeState;
import io.vectordb.metadata.placement.PlacementPlanner;
import io.vectordb.metadata.placement.Plan;
import io.vectordb.metadata.placement.PlanLimits;
import io.vectordb.metadata.placement.PlanRules;
import io.vectordb.metadata.placement.PlannedStep;
import io.vectordb.metadata.placement.PlannedStep.AddReplica;
import io.vectordb.metadata.placement.PlannedStep.Copies;
import io.vectordb.metadata.placement.PlannedStep.MoveReplica;
import io.vectordb.metadata.placement.PlannedStep.RemoveReplica;
import io.vectordb.metadata.placement.PlannedStep.ReplaceReplica;
import io.vectordb.metadata.placement.PlannedStep.TransferLeadership;
import io.vectordb.metadata.placement.Replica;
import io.vectordb.metadata.placement.Shard;
import io.vectordb.metadata.placement.Transfer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A cluster in simulated time, run by the planner that real ones are run by. A copy takes the time of its bytes over the
 * bandwidth of its two nodes, shared with what else they copy, and the wait of a new member at its end. Failures are seen as
 * heartbeats show them, with their delays. One tick is ten seconds; a plan is made every third.
 */
final class PlacementSimulation {

    static final long TICK = 10;
    private static final long PLAN_EVERY = 30;
    private static final double CATCH_UP_SECONDS = 10;
    private static final long HOUR = 3_600;

    /** A replica that is being copied. */
    private static final class Copying {
        final SimulatedShard shard;
        final Copies step;
        double leftBytes;
        double leftSeconds = CATCH_UP_SECONDS;

        Copying(SimulatedShard shard, Copies step) {
            this.shard = shard;
            this.step = step;
            this.leftBytes = shard.bytes;
        }

        String source() {
            return switch (step) {
                case AddReplica _ -> "";
                case ReplaceReplica replace -> replace.lost().node();
                case MoveReplica move -> move.source().node();
            };
        }
    }

    final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
    final Map<String, SimulatedShard> shards = new LinkedHashMap<>();
    final SimulationReport report = new SimulationReport();
    private final List<Copying> copying = new ArrayList<>();
    private final PlacementPlanner planner;
    private final double bytesPerSecond;
    private final long restSeconds;
    private long now;
    private long unwholeFrom = -1;

    PlacementSimulation(PlanLimits limits, double bytesPerSecond, long restSeconds) {
        this.restSeconds = restSeconds;
        this.planner = new PlacementPlanner(PlanRules.DEFAULT, limits);
        this.bytesPerSecond = bytesPerSecond;
    }

    long now() {
        return now;
    }

    SimulatedNode node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    void add(SimulatedNode node) {
        nodes.put(node.id, node);
    }

    /** Creates shards as the metadata service does. */
    void create(List<SimulatedShard> made) {
        InitialPlacement placement = new InitialPlacement(model(), PlanRules.DEFAULT);
        for (SimulatedShard shard : made) {
            List<Replica> places = placement.place(shard.replicationFactor);
            shard.replicas.addAll(places);
            shard.leader = places.getFirst().node();
            shards.put(shard.uid, shard);
        }
        measureDisks();
    }

    void note(String event) {
        report.lines.add(SimulationReport.clock(now) + " " + event);
    }

    void tick() {
        now += TICK;
        nodes.values().forEach(node -> node.tick(now));
        for (SimulatedShard shard : shards.values()) {
            if (hasMajority(shard, shard.replicas)) {
                shard.bytes += shard.bytesPerSecond * TICK;
                elect(shard);
            } else {
                report.shardSecondsWithoutMajority += TICK;
            }
            shard.toldLoad += (shard.load - shard.toldLoad) * TICK / 600;
        }
        copy();
        measureDisks();
        if (now % PLAN_EVERY == 0) {
            plan();
        }
        watchWholeness();
        if (now % (2 * HOUR) == 0) {
            sample();
        }
    }

    private void elect(SimulatedShard shard) {
        if (!isReachable(shard.leader)) {
            shard.replicas.stream()
                    .filter(each -> isReachable(each.node()))
                    .findFirst()
                    .ifPresent(each -> shard.leader = each.node());
        }
    }

    private boolean isReachable(String id) {
        SimulatedNode node = nodes.get(id);
        return node != null && node.isReachable();
    }

    private boolean hasMajority(SimulatedShard shard, List<Replica> replicas) {
        long alive = replicas.stream().filter(each -> isReachable(each.node())).count();
        return !shard.leader.isEmpty() && alive > replicas.size() / 2;
    }

    private void copy() {
        for (SimulatedNode node : nodes.values()) {
            node.receiving = 0;
            node.sending = 0;
        }
        for (Copying each : copying) {
            node(each.step.target().node()).receiving++;
            node(each.shard.leader).sending++;
        }
        for (Iterator<Copying> all = copying.iterator(); all.hasNext(); ) {
            Copying each = all.next();
            SimulatedNode target = node(each.step.target().node());
            if (target.state(now) == NodeState.DOWN || target.state(now) == NodeState.DEAD) {
                report.aborted++;
                all.remove();
            } else if (hasMajority(each.shard, each.shard.replicas) && target.isReachable() && isDone(each, target)) {
                finish(each);
                all.remove();
            }
        }
    }

    private boolean isDone(Copying each, SimulatedNode target) {
        SimulatedNode sender = node(each.shard.leader);
        if (each.leftBytes > 0) {
            each.leftBytes -= TICK * bytesPerSecond / Math.max(target.receiving, sender.sending);
        } else {
            each.leftSeconds -= TICK;
        }
        return each.leftBytes <= 0 && each.leftSeconds <= 0;
    }

    private void finish(Copying each) {
        SimulatedShard shard = each.shard;
        shard.movedAt = now;
        List<Replica> after = new ArrayList<>(shard.replicas);
        after.add(each.step.target());
        after.removeIf(replica -> replica.node().equals(each.source()));
        change(shard, after);
        report.moved(shard.uid, each.source(), each.step.target().node(), each.step.cause(), shard.bytes, now);
    }

    private void change(SimulatedShard shard, List<Replica> after) {
        boolean had = hasMajority(shard, shard.replicas);
        shard.replicas.clear();
        shard.replicas.addAll(after);
        if (had && !hasMajority(shard, after)) {
            report.lostByPlanner++;
        }
        if (after.stream().noneMatch(each -> each.node().equals(shard.leader))) {
            shard.leader = after.getFirst().node();
            elect(shard);
        }
    }

    private void plan() {
        ClusterModel model = model();
        long start = System.nanoTime();
        Plan plan = planner.plan(model);
        report.planNanos.add(System.nanoTime() - start);
        plan.steps().forEach(this::begin);
    }

    private void begin(PlannedStep step) {
        SimulatedShard shard = Objects.requireNonNull(shards.get(step.shard()));
        switch (step) {
            case Copies copies -> copying.add(new Copying(shard, copies));
            case RemoveReplica remove -> {
                List<Replica> after = new ArrayList<>(shard.replicas);
                after.remove(remove.replica());
                change(shard, after);
            }
            case TransferLeadership transfer -> {
                if (isReachable(transfer.target())) {
                    shard.leader = transfer.target();
                    report.moves.merge(Cause.LEADERS, 1, Integer::sum);
                }
            }
            case PlannedStep.AssignIndexNode _, PlannedStep.MoveIndexNode _, PlannedStep.DropIndexNode _ ->
                throw new AssertionError("there are no index nodes: " + step);
        }
    }

    ClusterModel model() {
        List<Shard> told = shards.values().stream().map(SimulatedShard::model).toList();
        List<Transfer> transfers = copying.stream()
                .map(each -> new Transfer(each.shard.uid, each.source(), each.step.target(), each.step.cause()))
                .toList();
        return new ClusterModel(
                        nodes.values().stream().map(node -> node.model(now)).toList(),
                        told,
                        transfers,
                        List.of(),
                        List.of())
                .withResting(shards.values().stream()
                        .filter(shard -> now - shard.movedAt < restSeconds)
                        .map(shard -> shard.uid)
                        .collect(Collectors.toSet()));
    }

    private void measureDisks() {
        nodes.values().forEach(node -> Arrays.fill(node.usedBytes, 0));
        for (SimulatedShard shard : shards.values()) {
            shard.replicas.forEach(each -> use(each, shard.bytes));
        }
        copying.forEach(each -> use(each.step.target(), Math.max(0, each.shard.bytes - each.leftBytes)));
    }

    private void use(Replica replica, double bytes) {
        node(replica.node()).usedBytes[replica.disk().charAt(1) - '0'] += bytes;
    }

    /** How many shards have a replica on a node that is dead or being emptied, or too few. */
    long unwhole() {
        return shards.values().stream()
                .filter(shard -> shard.replicas.size() != shard.replicationFactor
                        || shard.replicas.stream()
                                .anyMatch(each -> node(each.node()).state(now) == NodeState.DEAD))
                .count();
    }

    private void watchWholeness() {
        boolean isWhole = unwhole() == 0;
        if (!isWhole && unwholeFrom < 0) {
            unwholeFrom = now;
        } else if (isWhole && unwholeFrom >= 0) {
            report.unwholeSeconds.add(now - unwholeFrom);
            unwholeFrom = -1;
        }
    }

    boolean isQuiet() {
        return copying.isEmpty();
    }

    /** Used share of the fullest and the emptiest node, and load of the busiest, to the mean of those that are up. */
    void sample() {
        List<SimulatedNode> up = nodes.values().stream()
                .filter(node -> node.state(now) == NodeState.UP)
                .toList();
        double mean = up.stream().mapToDouble(SimulatedNode::used).sum()
                / up.stream().mapToDouble(SimulatedNode::totalBytes).sum();
        double most = up.stream()
                        .mapToDouble(node -> node.used() / node.totalBytes())
                        .max()
                        .orElse(0)
                / mean;
        double least = up.stream()
                        .mapToDouble(node -> node.used() / node.totalBytes())
                        .min()
                        .orElse(0)
                / mean;
        double disk = up.stream()
                .flatMapToDouble(node -> Arrays.stream(node.usedBytes).map(used -> used / node.diskBytes))
                .max()
                .orElse(0);
        double mostLoad = planner.plan(model()).before().mostLoad();
        report.mostBytes = Math.max(report.mostBytes, most);
        report.mostBytesAtEnd = most;
        report.mostLoadAtEnd = mostLoad;
        report.lines.add(String.format(
                Locale.ROOT,
                "%s up %d, used %.1f %%, fullest %.2f and emptiest %.2f of the mean, fullest disk %.0f %%,"
                        + " busiest %.2f, copying %d, not whole %d, moved %.1f TB",
                SimulationReport.clock(now),
                up.size(),
                100 * mean,
                most,
                least,
                100 * disk,
                mostLoad,
                copying.size(),
                unwhole(),
                report.bytes() / 1e12));
    }
}
