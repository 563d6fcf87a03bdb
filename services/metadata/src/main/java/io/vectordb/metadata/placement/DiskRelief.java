package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Takes replicas off disks above the watermark of moving away, until they are below that of new replicas, so that they are not
 * back at once. Never to another disk of the node: a shard has one replica there.
 */
final class DiskRelief {

    private record FullDisk(Bin bin, Bin.Slot slot) {

        double usedShare() {
            return (double) slot.usedBytes() / Math.max(1, slot.totalBytes);
        }
    }

    private final Draft draft;

    DiskRelief(Draft draft) {
        this.draft = draft;
    }

    void plan() {
        draft.board.bins().stream()
                .filter(bin -> bin.state == NodeState.UP || bin.state == NodeState.SUSPECT)
                .flatMap(bin -> bin.slots.stream().map(slot -> new FullDisk(bin, slot)))
                .filter(disk -> disk.slot.level.compareTo(DiskLevel.MOVE_AWAY) >= 0)
                .sorted(Comparator.comparing((FullDisk disk) -> disk.slot.level)
                        .reversed()
                        .thenComparing(disk -> -disk.usedShare())
                        .thenComparing(disk -> disk.bin.id)
                        .thenComparing(disk -> disk.slot.id))
                .forEach(this::relieve);
    }

    private void relieve(FullDisk disk) {
        while (excess(disk) > 0) {
            List<Item.Copy> candidates = candidates(disk);
            if (candidates.isEmpty()) {
                return;
            }
            int stepsBefore = draft.steps.size();
            int waitingBefore = draft.waiting;
            for (Item.Copy copy : candidates) {
                if (moved(disk, copy)) {
                    break;
                }
            }
            if (draft.steps.size() == stepsBefore) {
                if (draft.waiting == waitingBefore) {
                    draft.obstacle(
                            disk.bin.id + "/" + disk.slot.id,
                            "the disk is " + Words.percent(disk.usedShare()) + " full, and none of the "
                                    + candidates.size() + " replicas on it can go elsewhere");
                }
                return;
            }
        }
    }

    private double excess(FullDisk disk) {
        return disk.slot.usedBytes() - draft.rules.fullShare() * disk.slot.totalBytes;
    }

    /** The smallest that is enough comes first, then what comes nearest. */
    private List<Item.Copy> candidates(FullDisk disk) {
        double excess = excess(disk);
        return disk.bin.copies.stream()
                .filter(copy -> copy.slot() == disk.slot
                        && !copy.item().isBusy
                        && copy.item().bytes > 0
                        && copy.item().hasMajority())
                .sorted(Comparator.comparing((Item.Copy copy) -> copy.item().bytes < excess)
                        .thenComparing(copy -> copy.item().bytes < excess ? -copy.item().bytes : copy.item().bytes)
                        .thenComparing(copy -> copy.item().uid))
                .toList();
    }

    private boolean moved(FullDisk disk, Item.Copy copy) {
        Item item = copy.item();
        boolean isFree = draft.traffic.admits(Cause.DISK) && draft.traffic.admitsFrom(item, Cause.DISK);
        Optional<Bin> target = isFree
                ? draft.board.target(item, copy, 0, bin -> draft.traffic.admitsTo(bin, Cause.DISK))
                : Optional.empty();
        if (target.isEmpty()) {
            if (draft.board.target(item, copy, 0, _ -> true).isPresent()) {
                draft.waiting++;
            }
            return false;
        }
        draft.move(
                copy,
                target.get(),
                Cause.DISK,
                "disk " + disk.slot.id + " of " + disk.bin + " is " + Words.percent(disk.usedShare()) + " full, "
                        + Words.percent(draft.rules.fullShare()) + " is wanted");
        return true;
    }
}
