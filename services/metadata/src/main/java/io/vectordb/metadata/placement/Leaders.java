package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands leaderships to nodes that have fewer than is due to them: of each shard a node has a replica of, the share of one
 * replica. Only where the difference is two at least, so that it does not turn round.
 */
final class Leaders {

    private final Draft draft;
    private final Map<Bin, Double> due = new HashMap<>();
    private int handedOver;

    Leaders(Draft draft) {
        this.draft = draft;
    }

    void plan() {
        for (Item item : draft.board.items()) {
            List<Bin> up = item.copies.stream()
                    .filter(copy -> copy.isAlive() && copy.bin().isUp())
                    .map(Item.Copy::bin)
                    .toList();
            up.forEach(bin -> due.merge(bin, 1.0 / up.size(), Double::sum));
        }
        draft.board.bins().stream()
                .filter(Bin::isUp)
                .sorted(Comparator.comparingDouble((Bin bin) -> -surplus(bin)).thenComparing(bin -> bin.id))
                .forEach(this::relieve);
    }

    private double surplus(Bin bin) {
        return bin.leaders - due.getOrDefault(bin, 0.0);
    }

    private void relieve(Bin source) {
        for (Item.Copy copy : List.copyOf(source.copies)) {
            Item item = copy.item();
            if (handedOver >= draft.limits.leaderTransfers()) {
                return;
            }
            if (item.leader == source && item.isWhole()) {
                Bin target = least(item);
                if (target != null && differs(source, target)) {
                    handedOver++;
                    draft.lead(
                            item,
                            source,
                            target,
                            source + " leads " + source.leaders + " shards, " + target + " " + target.leaders);
                }
            }
        }
    }

    private @Nullable Bin least(Item item) {
        return item.copies.stream()
                .map(Item.Copy::bin)
                .min(Comparator.comparingDouble(this::surplus).thenComparing(bin -> bin.id))
                .orElse(null);
    }

    private boolean differs(Bin source, Bin target) {
        double difference = surplus(source) - surplus(target);
        return difference >= Math.max(2, draft.rules.leaderTolerance() * due.getOrDefault(source, 0.0));
    }
}
