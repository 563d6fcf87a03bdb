package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node on the {@link Board}: what it has, and will have. */
final class Bin {

    /** A disk of a storage node, or the memory of an index node. */
    static final class Slot {
        final String id;
        final long totalBytes;
        final DiskLevel level;
        /** Room for more: what leaves gives none before it is gone. */
        private long freeBytes;

        private long leavingBytes;
        private int copies;

        Slot(String id, long totalBytes, long freeBytes, DiskLevel level) {
            this.id = id;
            this.totalBytes = totalBytes;
            this.freeBytes = freeBytes;
            this.level = level;
        }

        /** What is used when all that is under way is done. */
        long usedBytes() {
            return totalBytes - freeBytes - leavingBytes;
        }

        private boolean takes(long bytes, double spaceFactor, double fullShare) {
            return level == DiskLevel.NORMAL
                    && freeBytes >= spaceFactor * bytes
                    && (bytes == 0 || totalBytes - freeBytes + bytes <= fullShare * totalBytes);
        }

        private double roomForEach() {
            return (double) freeBytes / (1 + copies);
        }
    }

    final String id;
    final String zone;
    final NodeState state;
    final List<Slot> slots;
    /** What it may be compared by: bytes, and 1 for load. */
    final double[] sizes;

    final double[] amounts = new double[Board.MEASURES];
    final List<Item.Copy> copies = new ArrayList<>();
    int leaders;

    Bin(String id, String zone, NodeState state, List<Slot> slots, double bytesSize) {
        this.id = id;
        this.zone = zone;
        this.state = state;
        this.slots = slots;
        this.sizes = new double[] {Math.max(1, bytesSize), 1};
    }

    boolean isUp() {
        return state == NodeState.UP;
    }

    /** Of the slots that take an item of so many bytes the one with most room for each of its copies. */
    Optional<Slot> slotFor(long bytes, double spaceFactor, double fullShare) {
        return slots.stream()
                .filter(slot -> slot.takes(bytes, spaceFactor, fullShare))
                .min(Comparator.comparingDouble((Slot slot) -> -slot.roomForEach())
                        .thenComparing(slot -> slot.id));
    }

    @Nullable
    Slot slot(String slotId) {
        for (Slot slot : slots) {
            if (slot.id.equals(slotId)) {
                return slot;
            }
        }
        return null;
    }

    void put(Item.Copy copy) {
        copies.add(copy);
        for (int i = 0; i < Board.MEASURES; i++) {
            amounts[i] += copy.item().amounts[i];
        }
        if (copy.slot() != null) {
            copy.slot().copies++;
        }
    }

    void take(Item.Copy copy) {
        copies.remove(copy);
        for (int i = 0; i < Board.MEASURES; i++) {
            amounts[i] -= copy.item().amounts[i];
        }
        if (copy.slot() != null) {
            copy.slot().copies--;
            copy.slot().leavingBytes += copy.item().bytes;
        }
    }

    /** Takes the room for what is still to come. */
    static void reserve(@Nullable Slot slot, long bytes) {
        if (slot != null) {
            slot.freeBytes = Math.max(0, slot.freeBytes - bytes);
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
