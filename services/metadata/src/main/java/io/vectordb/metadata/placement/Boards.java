package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Puts a model on a {@link Board}. */
final class Boards {

    private static final String MEMORY = "memory";
    private static final double INDEX_MEMORY_SHARE = 0.9;
    private static final long UNKNOWN_MEMORY_BYTES = 1L << 40;

    private Boards() {}

    /** Storage nodes and replicas, with what is on its way as if it had arrived. */
    static Draft storage(ClusterModel model, PlanRules rules, PlanLimits limits) {
        Board board = new Board(rules.spaceFactor(), rules.fullShare());
        for (StorageNode node : model.storageNodes()) {
            board.add(bin(node));
        }
        for (Shard shard : sorted(model.shards(), Shard::uid)) {
            Item item = item(shard);
            item.isResting = model.resting().contains(shard.uid());
            board.add(item);
            shard.replicas().forEach(replica -> place(board, item, replica));
            if (!shard.leader().isEmpty()) {
                Bin leader = board.binOrDead(shard.leader());
                item.leader = leader;
                leader.leaders++;
            }
        }
        Traffic traffic = new Traffic(limits, true);
        sorted(model.transfers(), Transfer::shard).forEach(transfer -> place(board, traffic, transfer));
        board.measure();
        return new Draft(Kind.REPLICA, board, rules, limits, traffic);
    }

    /** Index nodes and what they serve: memory takes the place of disks. */
    static Draft index(ClusterModel model, PlanRules rules, PlanLimits limits) {
        Board board = new Board(1, INDEX_MEMORY_SHARE);
        boolean isMemoryKnown = model.indexNodes().stream().allMatch(node -> node.memoryBytes() > 0);
        for (IndexNode node : model.indexNodes()) {
            long bytes = isMemoryKnown ? node.memoryBytes() : UNKNOWN_MEMORY_BYTES;
            board.add(new Bin(
                    node.id(),
                    node.zone(),
                    node.state(),
                    List.of(new Bin.Slot(MEMORY, bytes, bytes, DiskLevel.NORMAL)),
                    bytes));
        }
        Traffic traffic = new Traffic(limits, false);
        for (IndexAssignment assignment : sorted(model.indexAssignments(), IndexAssignment::shard)) {
            double[] amounts = {Math.max(Board.LEAST_BYTES, assignment.memoryBytes()), 0};
            Item item = new Item(
                    Kind.INDEX,
                    assignment.shard(),
                    assignment.wanted(),
                    assignment.memoryBytes(),
                    amounts,
                    assignment.isBusy());
            board.add(item);
            assignment.nodes().forEach(id -> serve(board, item, board.binOrDead(id)));
            if (assignment.isBusy() && !item.copies.isEmpty()) {
                traffic.count(item, item.copies.getLast().bin(), Cause.BYTES);
            }
        }
        board.measure();
        return new Draft(Kind.INDEX, board, rules, limits, traffic);
    }

    private static void serve(Board board, Item item, Bin bin) {
        Bin.reserve(bin.slot(MEMORY), item.bytes);
        board.place(item, bin, MEMORY, !bin.state.isAlive());
    }

    /** Sums of fractions depend on the order, and so would what is decided by them. */
    private static <T> List<T> sorted(List<T> list, Function<T, String> key) {
        return list.stream().sorted(Comparator.comparing(key)).toList();
    }

    private static Bin bin(StorageNode node) {
        List<Bin.Slot> slots = node.disks().stream()
                .map(disk -> new Bin.Slot(disk.id(), disk.totalBytes(), disk.freeBytes(), disk.level()))
                .toList();
        double size = node.disks().stream().mapToDouble(Disk::totalBytes).sum();
        return new Bin(node.id(), node.zone(), node.state(), slots, size);
    }

    private static Item item(Shard shard) {
        double[] amounts = {Math.max(Board.LEAST_BYTES, shard.bytes()), shard.load()};
        return new Item(Kind.REPLICA, shard.uid(), shard.replicationFactor(), shard.bytes(), amounts, shard.isBusy());
    }

    private static void place(Board board, Item item, Replica replica) {
        Bin bin = board.binOrDead(replica.node());
        boolean hasItsDisk = replica.disk().isEmpty() || bin.slot(replica.disk()) != null;
        boolean isLost = bin.state.isGivenUp() || (bin.state.isAlive() && !hasItsDisk);
        board.place(item, bin, replica.disk(), isLost);
    }

    private static void place(Board board, Traffic traffic, Transfer transfer) {
        Item item = board.item(transfer.shard());
        Bin target = board.bin(transfer.target().node());
        if (item == null || target == null) {
            return;
        }
        item.isBusy = true;
        traffic.count(item, target, transfer.cause());
        if (!item.isOn(target)) {
            board.send(item, target, transfer.target().disk());
        }
        item.copies.stream()
                .filter(copy -> copy.bin().id.equals(transfer.source()))
                .findFirst()
                .ifPresent(board::remove);
    }

    /** How many nodes with replicas are silent, and may have vanished together. */
    static long silent(Board board) {
        return board.bins().stream()
                .filter(bin -> bin.state == NodeState.DOWN || (bin.state == NodeState.DEAD && !bin.copies.isEmpty()))
                .count();
    }

    /** Of how many: one that is dead and has nothing left is nobody any more. */
    static long counted(Board board) {
        return board.bins().stream()
                .filter(bin ->
                        bin.state != NodeState.DECOMMISSIONED && (bin.state != NodeState.DEAD || !bin.copies.isEmpty()))
                .count();
    }
}
