package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Moves replicas out of zones that have two more of a shard than another zone that could have one. */
final class ZoneSpread {

    private final Draft draft;

    ZoneSpread(Draft draft) {
        this.draft = draft;
    }

    void plan() {
        List<String> zones = draft.board.bins().stream()
                .filter(Bin::isUp)
                .map(bin -> bin.zone)
                .distinct()
                .toList();
        if (zones.size() < 2) {
            return;
        }
        for (Item item : draft.board.items()) {
            if (!draft.traffic.admits(Cause.ZONE)) {
                return;
            }
            if (item.isWhole() && !item.isResting && draft.traffic.admitsFrom(item, Cause.ZONE)) {
                spread(item, zones);
            }
        }
    }

    private void spread(Item item, List<String> zones) {
        int least = zones.stream().mapToInt(item::copiesIn).min().orElse(0);
        Optional<Item.Copy> crowded = item.copies.stream()
                .filter(copy -> item.copiesIn(copy.bin().zone) >= least + 2)
                .min(Comparator.comparing((Item.Copy copy) -> -item.copiesIn(copy.bin().zone))
                        .thenComparing(copy -> -draft.board.relative(copy.bin(), Board.BYTES))
                        .thenComparing(copy -> copy.bin().id));
        crowded.ifPresent(copy -> {
            int count = item.copiesIn(copy.bin().zone);
            draft.board
                    .target(item, copy, -1, bin -> draft.traffic.admitsTo(bin, Cause.ZONE))
                    .ifPresent(target -> draft.move(
                            copy,
                            target,
                            Cause.ZONE,
                            "zone " + Words.zone(copy.bin().zone) + " has " + count + " of "
                                    + item.copies.size() + ", zone " + Words.zone(target.zone) + " has "
                                    + item.copiesIn(target.zone)));
        });
    }
}
