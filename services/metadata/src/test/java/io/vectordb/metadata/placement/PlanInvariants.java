package io.vectordb.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.metadata.placement.PlannedStep.AddReplica;
import io.vectordb.metadata.placement.PlannedStep.Copies;
import io.vectordb.metadata.placement.PlannedStep.MoveReplica;
import io.vectordb.metadata.placement.PlannedStep.RemoveReplica;
import io.vectordb.metadata.placement.PlannedStep.ReplaceReplica;
import io.vectordb.metadata.placement.PlannedStep.TransferLeadership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What holds for each plan, looked at from outside: nothing here asks the planner's own classes. */
final class PlanInvariants {

    private final ClusterModel model;
    private final Plan plan;
    private final Map<String, StorageNode> nodes;
    private final Map<String, Shard> shards;

    private PlanInvariants(ClusterModel model, Plan plan) {
        this.model = model;
        this.plan = plan;
        this.nodes = model.storageNodes().stream().collect(Collectors.toMap(StorageNode::id, Function.identity()));
        this.shards = model.shards().stream().collect(Collectors.toMap(Shard::uid, Function.identity()));
    }

    static void check(ClusterModel model, PlanLimits limits, Plan plan) {
        PlanInvariants invariants = new PlanInvariants(model, plan);
        invariants.oneStepForEachShardThatIsFree();
        invariants.theMostUrgentComesFirst();
        invariants.targetsAreUpAndHaveRoom();
        invariants.noNodeHasTwoReplicas();
        invariants.zonesGetNoWorse();
        invariants.majoritiesStay();
        invariants.nothingIsMovedWhileAThirdIsSilent();
        invariants.limitsAreKept(limits);
        assertThat(plan.steps()).allSatisfy(step -> assertThat(step.reason()).isNotBlank());
    }

    private List<PlannedStep> storageSteps() {
        return plan.steps().stream()
                .filter(step ->
                        step instanceof Copies || step instanceof RemoveReplica || step instanceof TransferLeadership)
                .toList();
    }

    private Shard shard(PlannedStep step) {
        return Objects.requireNonNull(shards.get(step.shard()));
    }

    private void oneStepForEachShardThatIsFree() {
        List<String> touched = storageSteps().stream().map(PlannedStep::shard).toList();
        assertThat(touched).doesNotHaveDuplicates();
        Set<String> busy = new HashSet<>();
        model.transfers().forEach(transfer -> busy.add(transfer.shard()));
        model.shards().stream().filter(Shard::isBusy).forEach(shard -> busy.add(shard.uid()));
        assertThat(touched).noneMatch(busy::contains);
    }

    private void theMostUrgentComesFirst() {
        List<Integer> ranks = storageSteps().stream()
                .map(step -> switch (step.cause()) {
                    case SAFETY -> 0;
                    case DRAIN -> 1;
                    case DISK -> 2;
                    case ZONE -> 3;
                    case BYTES, LOAD -> 4;
                    case LEADERS -> 5;
                })
                .toList();
        assertThat(ranks).isSorted();
    }

    private void targetsAreUpAndHaveRoom() {
        Map<Replica, Long> sent = new HashMap<>();
        for (Copies step : copies()) {
            StorageNode node = Objects.requireNonNull(nodes.get(step.target().node()));
            assertThat(node.state()).isEqualTo(NodeState.UP);
            Disk disk = node.disks().stream()
                    .filter(each -> each.id().equals(step.target().disk()))
                    .findFirst()
                    .orElseThrow();
            assertThat(disk.level()).isEqualTo(DiskLevel.NORMAL);
            long free = disk.freeBytes() - sent.getOrDefault(step.target(), 0L);
            assertThat((double) free).isGreaterThanOrEqualTo(1.3 * step.bytes());
            if (step.bytes() > 0) {
                assertThat((double) disk.totalBytes() - free + step.bytes())
                        .isLessThanOrEqualTo(0.85 * disk.totalBytes() + 1);
            }
            sent.merge(step.target(), step.bytes(), Long::sum);
        }
    }

    private List<Copies> copies() {
        return plan.steps().stream()
                .filter(Copies.class::isInstance)
                .map(Copies.class::cast)
                .toList();
    }

    private void noNodeHasTwoReplicas() {
        ClusterModel after = Outcome.of(model, plan.steps());
        assertThat(after.shards())
                .allSatisfy(shard ->
                        assertThat(shard.replicas().stream().map(Replica::node)).doesNotHaveDuplicates());
        assertThat(after.indexAssignments())
                .allSatisfy(each -> assertThat(each.nodes()).doesNotHaveDuplicates());
    }

    private void zonesGetNoWorse() {
        for (Copies step : copies()) {
            int before = spread(shard(step).replicas());
            int after = spread(after(shard(step), step));
            switch (step.cause()) {
                case ZONE -> assertThat(after).isLessThan(before);
                case DISK, BYTES, LOAD -> assertThat(after).isLessThanOrEqualTo(before);
                case SAFETY, DRAIN -> assertThat(after).isLessThanOrEqualTo(bestSpread(step));
                case LEADERS -> throw new AssertionError("a copy for leaders: " + step);
            }
        }
    }

    /** The best that a node could have given that has room for all that the plan makes, this one included. */
    private int bestSpread(Copies step) {
        Shard shard = shard(step);
        int best = Integer.MAX_VALUE;
        for (StorageNode node : model.storageNodes()) {
            boolean isFree = node.state() == NodeState.UP
                    && shard.replicas().stream().noneMatch(each -> each.node().equals(node.id()));
            double needed = 3 * (plan.copiedBytes() + (double) shard.bytes());
            boolean hasRoom = node.disks().stream()
                    .anyMatch(disk ->
                            disk.level() == DiskLevel.NORMAL && disk.freeBytes() - 0.15 * disk.totalBytes() > needed);
            if (isFree && hasRoom && isUnusedByTransfers(node)) {
                List<Replica> replicas = new ArrayList<>(after(shard, step));
                replicas.remove(step.target());
                replicas.add(new Replica(node.id(), ""));
                best = Math.min(best, spread(replicas));
            }
        }
        return best;
    }

    private boolean isUnusedByTransfers(StorageNode node) {
        return model.transfers().stream().noneMatch(each -> each.target().node().equals(node.id()));
    }

    private static List<Replica> after(Shard shard, Copies step) {
        List<Replica> replicas = new ArrayList<>(shard.replicas());
        replicas.add(step.target());
        switch (step) {
            case AddReplica _ -> {}
            case ReplaceReplica replace -> replicas.remove(replace.lost());
            case MoveReplica move -> replicas.remove(move.source());
        }
        return replicas;
    }

    /** The sum of squares of the replicas in each zone, without those that nobody waits for. */
    private int spread(List<Replica> replicas) {
        return replicas.stream()
                .filter(each -> !isLost(each))
                .collect(Collectors.groupingBy(
                        each -> Objects.requireNonNull(nodes.get(each.node())).zone(), Collectors.counting()))
                .values()
                .stream()
                .mapToInt(count -> (int) (count * count))
                .sum();
    }

    private boolean isLost(Replica replica) {
        StorageNode node = nodes.get(replica.node());
        if (node == null || node.state() == NodeState.DEAD || node.state() == NodeState.DECOMMISSIONED) {
            return true;
        }
        return node.state() != NodeState.DOWN
                && !replica.disk().isEmpty()
                && node.disks().stream().noneMatch(disk -> disk.id().equals(replica.disk()));
    }

    private boolean isAlive(Replica replica) {
        StorageNode node = nodes.get(replica.node());
        return node != null && !isLost(replica) && node.state() != NodeState.DOWN;
    }

    private void majoritiesStay() {
        for (PlannedStep step : storageSteps()) {
            Shard shard = shard(step);
            assertThat(hasMajority(shard.replicas()))
                    .as("%s of %s", step, shard)
                    .isTrue();
            if (step instanceof Copies copies) {
                assertThat(hasMajority(after(shard, copies))).isTrue();
            }
            if (step instanceof RemoveReplica remove) {
                List<Replica> left = new ArrayList<>(shard.replicas());
                left.remove(remove.replica());
                assertThat(hasMajority(left)).as("%s of %s", step, shard).isTrue();
                assertThat(left).hasSizeGreaterThanOrEqualTo(1);
                assertThat(left.stream().filter(each -> !isLost(each)).count())
                        .isGreaterThanOrEqualTo(shard.replicationFactor());
            }
        }
    }

    private boolean hasMajority(List<Replica> replicas) {
        return replicas.stream().filter(this::isAlive).count() > replicas.size() / 2;
    }

    private void nothingIsMovedWhileAThirdIsSilent() {
        long down = model.storageNodes().stream()
                .filter(node -> node.state() == NodeState.DOWN)
                .count();
        if (3 * down > model.storageNodes().size()) {
            assertThat(storageSteps()).isEmpty();
        }
    }

    private void limitsAreKept(PlanLimits limits) {
        Map<String, Integer> received = new HashMap<>();
        Map<String, Integer> sent = new HashMap<>();
        for (Copies step : copies()) {
            received.merge(step.target().node(), 1, Integer::sum);
            sent.merge(shard(step).leader(), 1, Integer::sum);
        }
        sent.remove("");
        assertThat(received.values()).allMatch(count -> count <= limits.copiesPerNode());
        nodes.values().stream().filter(node -> !node.state().isAlive()).forEach(node -> sent.remove(node.id()));
        assertThat(sent.values()).allMatch(count -> count <= limits.copiesPerNode());
        assertThat(copies().size()).isLessThanOrEqualTo(limits.copies());
    }
}
