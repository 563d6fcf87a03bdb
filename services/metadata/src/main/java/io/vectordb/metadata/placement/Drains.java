package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.List;

/** Empties the nodes that are to go. */
final class Drains {

    private final Draft draft;

    Drains(Draft draft) {
        this.draft = draft;
    }

    void plan() {
        List<Item.Copy> leaving = draft.board.bins().stream()
                .filter(bin -> bin.state == NodeState.DRAINING)
                .flatMap(bin -> bin.copies.stream())
                .filter(copy -> !copy.item().isBusy && !copy.isLost())
                .sorted(Comparator.comparingInt((Item.Copy copy) -> copy.item().spareReplicas())
                        .thenComparing(copy -> -copy.item().bytes)
                        .thenComparing(copy -> copy.item().uid)
                        .thenComparing(copy -> copy.bin().id))
                .toList();
        leaving.forEach(this::move);
    }

    private void move(Item.Copy copy) {
        Item item = copy.item();
        if (item.isBusy) {
            return;
        }
        String why = "node " + copy.bin() + " is drained";
        if (!item.hasMajority()) {
            draft.obstacle(
                    item.uid,
                    why + ": " + item.alive() + " of " + item.copies.size()
                            + " replicas are alive, which is no majority");
            return;
        }
        draft.urgentTarget(item, copy, Cause.DRAIN, why)
                .ifPresent(target -> draft.move(copy, target, Cause.DRAIN, why));
    }
}
