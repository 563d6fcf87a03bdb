package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Gives each shard the replicas that it should have: in place of lost ones, the missing, and without the superfluous. The shard
 * that can bear least comes first, of these the smallest, so that as many as possible are soon out of danger.
 */
final class Repairs {

    private final Draft draft;

    Repairs(Draft draft) {
        this.draft = draft;
    }

    void plan() {
        List<Item> wrong = draft.board.items().stream()
                .filter(item -> !item.isBusy && (item.copies.size() != item.wanted || hasLost(item)))
                .sorted(Comparator.comparingInt(Item::spareReplicas)
                        .thenComparingLong(item -> item.bytes)
                        .thenComparing(item -> item.uid))
                .toList();
        Map<Boolean, List<Item>> areEnough =
                wrong.stream().collect(Collectors.partitioningBy(item -> kept(item) >= item.wanted));
        areEnough.getOrDefault(false, List.of()).forEach(this::complete);
        areEnough.getOrDefault(true, List.of()).forEach(this::reduce);
    }

    private static boolean hasLost(Item item) {
        return item.copies.stream().anyMatch(Item.Copy::isLost);
    }

    private static int kept(Item item) {
        return (int) item.copies.stream().filter(copy -> !copy.isLost()).count();
    }

    private void complete(Item item) {
        int alive = item.alive();
        int all = item.copies.size();
        if (!item.hasMajority()) {
            draft.obstacle(
                    item.uid,
                    alive + " of " + all + " replicas are alive, which is no majority: its members cannot be changed."
                            + " Bring nodes back, or let it go on with one replica by unsafe recovery");
            return;
        }
        Optional<Item.Copy> lost =
                item.copies.stream().filter(Item.Copy::isLost).min(Comparator.comparing(copy -> copy.bin().id));
        if (lost.isPresent()) {
            Item.Copy copy = lost.get();
            String why =
                    "its " + draft.kind.copy + " on " + whatIsLost(copy) + "; " + alive + " of " + all + " are alive";
            draft.urgentTarget(item, copy, Cause.SAFETY, why).ifPresent(target -> draft.replace(copy, target, why));
        } else {
            String why = "has " + all + " of " + item.wanted + " wanted";
            draft.urgentTarget(item, null, Cause.SAFETY, why).ifPresent(target -> draft.add(item, target, why));
        }
    }

    private static String whatIsLost(Item.Copy copy) {
        return copy.bin().state.isAlive()
                ? copy.bin() + " is on disk " + copy.slotId() + ", which is gone"
                : copy.bin() + " is lost, the node is " + copy.bin().state;
    }

    private void reduce(Item item) {
        Optional<Item.Copy> lost =
                item.copies.stream().filter(Item.Copy::isLost).min(Comparator.comparing(copy -> copy.bin().id));
        Item.Copy victim = lost.orElseGet(() -> superfluous(item));
        int aliveAfter = item.alive() - (victim.isAlive() ? 1 : 0);
        if (!item.hasMajority() || aliveAfter < (item.copies.size() - 1) / 2 + 1) {
            draft.obstacle(
                    item.uid,
                    "has " + item.copies.size() + " where " + item.wanted + " are wanted, and only " + item.alive()
                            + " of them are alive: none is taken out before more are back");
            return;
        }
        draft.remove(
                victim,
                lost.isPresent()
                        ? "it is lost and not needed, " + kept(item) + " of " + item.wanted + " are there"
                        : "it has " + item.copies.size() + ", " + item.wanted + " are wanted");
    }

    /** What serves least: silent, then on a node that is emptied, then in the zone with most, then on the fullest node. */
    private Item.Copy superfluous(Item item) {
        return item.copies.stream()
                .min(Comparator.comparing((Item.Copy copy) -> copy.isAlive())
                        .thenComparing(copy -> copy.bin().state != NodeState.DRAINING)
                        .thenComparing(copy -> -item.copiesIn(copy.bin().zone))
                        .thenComparing(copy -> copy.bin() == item.leader)
                        .thenComparing(copy -> -draft.board.relative(copy.bin(), Board.BYTES))
                        .thenComparing(copy -> copy.bin().id))
                .orElseThrow();
    }
}
