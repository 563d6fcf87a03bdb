package io.vectordb.metadata.placement;

import io.vectordb.common.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Whether an operation can be done in a cluster as it is. Each check returns why not, or nothing. */
public final class Feasibility {

    private final ClusterModel model;
    private final PlanRules rules;

    public Feasibility(ClusterModel model, PlanRules rules) {
        this.model = model;
        this.rules = rules;
    }

    /** Whether shards can have so many replicas. */
    public Optional<Refusal> replicationFactor(int wanted) {
        if (wanted < 1) {
            return refusal(
                    ErrorCode.INVALID_VALUE,
                    "A shard has 1 replica at least, received " + wanted,
                    Map.of("replicas", String.valueOf(wanted)));
        }
        long up = model.storageNodes().stream()
                .filter(node -> node.state() == NodeState.UP)
                .count();
        return wanted <= up
                ? Optional.empty()
                : refusal(
                        ErrorCode.LIMIT_EXCEEDED,
                        wanted + " replicas need " + wanted + " storage nodes, " + up + " of "
                                + model.storageNodes().size()
                                + " are up. Add storage nodes, or ask for " + Math.max(1, up) + " at most",
                        Map.of("replicas", String.valueOf(wanted), "storage_nodes", String.valueOf(up)));
    }

    /** Whether the shard is free for a move, a split or another change. */
    public Optional<Refusal> change(String shard) {
        Item item = storage(model).item(shard);
        if (item == null) {
            return noShard(shard);
        }
        return item.isBusy
                ? conflict(
                        "Another task works on shard " + shard + ": wait for it, or cancel it", Map.of("shard", shard))
                : Optional.empty();
    }

    /** Whether that replica can move there. */
    public Optional<Refusal> move(String shard, String source, String target) {
        Optional<Refusal> busy = change(shard);
        if (busy.isPresent()) {
            return busy;
        }
        Board board = storage(model);
        if (model.storageNodes().stream().noneMatch(node -> node.id().equals(target))) {
            return noNode(target, "storage node");
        }
        Item item = Objects.requireNonNull(board.item(shard));
        Bin to = board.binOrDead(target);
        Optional<Item.Copy> copy = item.copies.stream()
                .filter(each -> each.bin().id.equals(source))
                .findFirst();
        if (copy.isEmpty()) {
            return refusal(
                    ErrorCode.NODE_NOT_FOUND,
                    "Node " + source + " has no replica of shard " + shard + "; those that have are "
                            + item.copies.stream().map(Item.Copy::bin).toList(),
                    Map.of("shard", shard, "node", source));
        }
        return move(item, copy.get(), to).or(() -> room(board, item, to));
    }

    private static Optional<Refusal> move(Item item, Item.Copy copy, Bin to) {
        Map<String, String> metadata = Map.of("shard", item.uid, "node", to.id);
        if (item.isOn(to)) {
            return conflict("Node " + to + " has a replica of shard " + item.uid + " already", metadata);
        }
        if (!to.isUp()) {
            return conflict("Node " + to + " is " + to.state + ", a target has to be UP", metadata);
        }
        if (!item.hasMajority()) {
            return conflict(
                    "Of the replicas of shard " + item.uid + " " + item.alive() + " of " + item.copies.size()
                            + " are alive: without a majority its members cannot be changed",
                    metadata);
        }
        if (item.spreadChange(copy, to.zone) > 0) {
            return conflict(
                    "Zone " + Words.zone(to.zone) + " has " + item.copiesIn(to.zone) + " replicas of shard " + item.uid
                            + ", zone " + Words.zone(copy.bin().zone) + " has " + item.copiesIn(copy.bin().zone)
                            + ": choose a node of a zone that has fewer",
                    metadata);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> room(Board board, Item item, Bin to) {
        return board.slotFor(item, to).isPresent()
                ? Optional.empty()
                : refusal(
                        ErrorCode.DISK_FULL,
                        "No disk of node " + to + " has room for shard " + item.uid + " of " + Words.bytes(item.bytes)
                                + ": it takes free space of 1.3 times that, below the first watermark",
                        Map.of("shard", item.uid, "node", to.id));
    }

    /** Whether the leadership can be handed to that node. */
    public Optional<Refusal> transferLeadership(String shard, String target) {
        Optional<Refusal> busy = change(shard);
        if (busy.isPresent()) {
            return busy;
        }
        Item item = Objects.requireNonNull(storage(model).item(shard));
        Optional<Item.Copy> copy = item.copies.stream()
                .filter(each -> each.bin().id.equals(target))
                .findFirst();
        Map<String, String> metadata = Map.of("shard", shard, "node", target);
        if (copy.isEmpty()) {
            return refusal(ErrorCode.NODE_NOT_FOUND, "Node " + target + " has no replica of shard " + shard, metadata);
        }
        return copy.get().isAlive()
                ? Optional.empty()
                : conflict(
                        "The replica of shard " + shard + " on node " + target + " is not alive, the node is "
                                + copy.get().bin().state,
                        metadata);
    }

    /** Whether the node can be emptied: what it has is placed for a try, with nothing else under way. */
    public Optional<Refusal> drain(String node) {
        Optional<StorageNode> storage = model.storageNodes().stream()
                .filter(each -> each.id().equals(node))
                .findFirst();
        Optional<IndexNode> index = model.indexNodes().stream()
                .filter(each -> each.id().equals(node))
                .findFirst();
        if (storage.isPresent()) {
            return drainable(node, storage.get().state())
                    .or(() -> tried(node, Boards.storage(draining(model, node), rules, PlanLimits.NONE)));
        }
        return index.map(each -> drainable(node, each.state())
                        .or(() -> tried(node, Boards.index(draining(model, node), rules, PlanLimits.NONE))))
                .orElseGet(() -> noNode(node, "storage or index node"));
    }

    private static Optional<Refusal> drainable(String node, NodeState state) {
        return switch (state) {
            case UP, SUSPECT, DRAINING -> Optional.empty();
            case DOWN, DEAD, DECOMMISSIONED ->
                conflict(
                        "Node " + node + " is " + state + ": only one that is alive can be drained; what a DEAD one"
                                + " had is made anew elsewhere without being asked for",
                        Map.of("node", node));
        };
    }

    private static Optional<Refusal> tried(String node, Draft draft) {
        draft.board.items().forEach(item -> item.isBusy = false);
        Bin bin = draft.board.binOrDead(node);
        for (Item.Copy copy : List.copyOf(bin.copies)) {
            if (!copy.item().hasMajority()) {
                return conflict(
                        "Draining node " + node + " would break shard " + copy.item() + ": "
                                + copy.item().alive()
                                + " of its " + copy.item().copies.size()
                                + " replicas are alive. Bring the others back first",
                        Map.of("node", node, "shard", copy.item().uid));
            }
        }
        long bytes = bin.copies.stream().mapToLong(copy -> copy.item().bytes).sum();
        int copies = bin.copies.size();
        new Drains(draft).plan();
        if (draft.obstacles.isEmpty()) {
            return Optional.empty();
        }
        Plan.Obstacle first = draft.obstacles.getFirst();
        Item item = Objects.requireNonNull(draft.board.item(first.subject()));
        boolean hasNode = draft.board.bins().stream().anyMatch(each -> each.isUp() && !item.isOn(each));
        ErrorCode code = !hasNode
                ? ErrorCode.OPERATION_CONFLICT
                : draft.kind == Kind.INDEX ? ErrorCode.MEMORY_LIMIT : ErrorCode.DISK_FULL;
        return refusal(
                code,
                "Of " + copies + " " + draft.kind.copy + "s of " + Words.bytes(bytes) + " on node " + node + " "
                        + draft.obstacles.size() + " have no other place. Shard " + first.subject() + ": "
                        + first.reason() + ". Add " + draft.kind.node + "s, or lower the replication factor",
                Map.of("node", node, "shard", first.subject()));
    }

    private static ClusterModel draining(ClusterModel model, String node) {
        List<StorageNode> storage = model.storageNodes().stream()
                .map(each -> each.id().equals(node)
                        ? new StorageNode(node, each.zone(), NodeState.DRAINING, each.disks())
                        : each)
                .toList();
        List<IndexNode> index = model.indexNodes().stream()
                .map(each -> each.id().equals(node)
                        ? new IndexNode(node, each.zone(), NodeState.DRAINING, each.memoryBytes())
                        : each)
                .toList();
        return new ClusterModel(storage, model.shards(), model.transfers(), index, model.indexAssignments());
    }

    private Board storage(ClusterModel of) {
        return Boards.storage(of, rules, PlanLimits.NONE).board;
    }

    private static Optional<Refusal> noShard(String shard) {
        return refusal(ErrorCode.SHARD_NOT_FOUND, "There is no shard " + shard, Map.of("shard", shard));
    }

    private static Optional<Refusal> noNode(String node, String what) {
        return refusal(ErrorCode.NODE_NOT_FOUND, "There is no " + what + " " + node, Map.of("node", node));
    }

    private static Optional<Refusal> conflict(String message, Map<String, String> metadata) {
        return refusal(ErrorCode.OPERATION_CONFLICT, message, metadata);
    }

    private static Optional<Refusal> refusal(ErrorCode code, String message, Map<String, String> metadata) {
        return Optional.of(new Refusal(code, message, metadata));
    }
}
