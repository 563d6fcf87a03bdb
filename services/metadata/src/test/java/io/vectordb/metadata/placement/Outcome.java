package io.vectordb.metadata.placement;

import io.vectordb.metadata.placement.PlannedStep.AddReplica;
import io.vectordb.metadata.placement.PlannedStep.AssignIndexNode;
import io.vectordb.metadata.placement.PlannedStep.DropIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveReplica;
import io.vectordb.metadata.placement.PlannedStep.RemoveReplica;
import io.vectordb.metadata.placement.PlannedStep.ReplaceReplica;
import io.vectordb.metadata.placement.PlannedStep.TransferLeadership;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cluster after a plan, at once. */
final class Outcome {

    private final ClusterModel before;
    private final Map<String, Shard> shards = new LinkedHashMap<>();
    private final Map<String, IndexAssignment> assignments = new LinkedHashMap<>();
    private final Map<Replica, Long> used = new LinkedHashMap<>();

    private Outcome(ClusterModel before) {
        this.before = before;
        before.shards().forEach(shard -> shards.put(shard.uid(), shard));
        before.indexAssignments().forEach(each -> assignments.put(each.shard(), each));
    }

    static ClusterModel of(ClusterModel model, List<PlannedStep> steps) {
        Outcome outcome = new Outcome(model);
        steps.forEach(outcome::apply);
        return outcome.model();
    }

    /** The cluster when all that is under way has arrived, and no task works on anything. */
    static ClusterModel settled(ClusterModel model) {
        Outcome outcome = new Outcome(model);
        for (Transfer transfer : model.transfers()) {
            Shard shard = outcome.shards.get(transfer.shard());
            Replica source = shard == null
                    ? null
                    : shard.replicas().stream()
                            .filter(each -> each.node().equals(transfer.source()))
                            .findFirst()
                            .orElse(null);
            outcome.change(transfer.shard(), source, transfer.target());
        }
        ClusterModel arrived = outcome.model();
        return new ClusterModel(
                arrived.storageNodes(),
                arrived.shards().stream()
                        .map(each -> new Shard(
                                each.uid(),
                                each.replicationFactor(),
                                each.replicas(),
                                each.leader(),
                                each.bytes(),
                                each.load(),
                                false))
                        .toList(),
                List.of(),
                arrived.indexNodes(),
                arrived.indexAssignments().stream()
                        .map(each -> new IndexAssignment(
                                each.shard(), each.wanted(), each.nodes(), each.memoryBytes(), false))
                        .toList());
    }

    private void apply(PlannedStep step) {
        switch (step) {
            case AddReplica add -> change(add.shard(), null, add.target());
            case ReplaceReplica replace -> change(replace.shard(), replace.lost(), replace.target());
            case MoveReplica move -> change(move.shard(), move.source(), move.target());
            case RemoveReplica remove -> change(remove.shard(), remove.replica(), null);
            case TransferLeadership transfer -> lead(transfer.shard(), transfer.target());
            case AssignIndexNode assign -> index(assign.shard(), null, assign.node());
            case MoveIndexNode move -> index(move.shard(), move.source(), move.target());
            case DropIndexNode drop -> index(drop.shard(), drop.node(), null);
        }
    }

    private void change(String uid, @Nullable Replica gone, @Nullable Replica made) {
        Shard shard = shards.get(uid);
        if (shard == null) {
            throw new AssertionError("a step for shard " + uid + ", which there is not");
        }
        List<Replica> replicas = new ArrayList<>(shard.replicas());
        if (gone != null) {
            if (!replicas.remove(gone)) {
                throw new AssertionError(gone + " is no replica of " + shard);
            }
            used.merge(gone, -shard.bytes(), Long::sum);
        }
        if (made != null) {
            replicas.add(made);
            used.merge(made, shard.bytes(), Long::sum);
        }
        String leader = replicas.stream().anyMatch(each -> each.node().equals(shard.leader()))
                ? shard.leader()
                : replicas.getFirst().node();
        shards.put(uid, with(shard, replicas, leader));
    }

    private void lead(String uid, String leader) {
        shards.computeIfPresent(uid, (_, shard) -> with(shard, shard.replicas(), leader));
    }

    static Shard with(Shard shard, List<Replica> replicas, String leader) {
        return new Shard(
                shard.uid(), shard.replicationFactor(), replicas, leader, shard.bytes(), shard.load(), shard.isBusy());
    }

    private void index(String uid, @Nullable String gone, @Nullable String made) {
        assignments.computeIfPresent(uid, (_, before) -> {
            List<String> nodes = new ArrayList<>(before.nodes());
            if (gone != null && !nodes.remove(gone)) {
                throw new AssertionError(gone + " does not serve " + before);
            }
            if (made != null) {
                nodes.add(made);
            }
            return new IndexAssignment(uid, before.wanted(), nodes, before.memoryBytes(), before.isBusy());
        });
    }

    private ClusterModel model() {
        List<StorageNode> nodes = before.storageNodes().stream()
                .map(node -> new StorageNode(
                        node.id(),
                        node.zone(),
                        node.state(),
                        node.disks().stream().map(disk -> after(node, disk)).toList()))
                .toList();
        return new ClusterModel(
                nodes,
                List.copyOf(shards.values()),
                before.transfers(),
                before.indexNodes(),
                List.copyOf(assignments.values()));
    }

    private Disk after(StorageNode node, Disk disk) {
        long more = used.getOrDefault(new Replica(node.id(), disk.id()), 0L);
        return more == 0
                ? disk
                : RandomClusters.disk(
                        disk.id(), disk.totalBytes(), Math.clamp(disk.freeBytes() - more, 0, disk.totalBytes()));
    }
}
