package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where replicas of new shards go: by the same score as later moves, so that there is no reason for one right away. For one
 * command; what it placed counts from then on.
 */
public final class InitialPlacement {

    private final Board board;
    private int made;

    public InitialPlacement(ClusterModel model, PlanRules rules) {
        this.board = Boards.storage(model, rules, PlanLimits.NONE).board;
    }

    /** How many storage nodes can take a replica. */
    public int nodesWithRoom() {
        Item probe = item();
        return (int) board.bins().stream()
                .filter(bin -> board.slotFor(probe, bin).isPresent())
                .count();
    }

    /** Places for the replicas of one shard, each on another node; fewer than asked for where nodes with room are fewer. */
    public List<Replica> place(int replicas) {
        Item shard = item();
        List<Replica> places = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            Optional<Bin> target = board.target(shard, null, _ -> true);
            if (target.isEmpty()) {
                return places;
            }
            Bin bin = target.get();
            String slot = board.slotFor(shard, bin).orElseThrow().id;
            board.send(shard, bin, slot);
            places.add(new Replica(bin.id, slot));
        }
        return places;
    }

    private Item item() {
        return new Item(Kind.REPLICA, "new-" + made++, 1, 0, new double[] {Board.LEAST_BYTES, 0}, true);
    }
}
