package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A shard on the {@link Board}, with its copies: replicas, or indexes. */
final class Item {

    /**
     * One copy.
     *
     * @param slot nothing: not told, or not there
     * @param isLost whether it is not there any more, and nobody waits for it
     */
    record Copy(Item item, Bin bin, Bin.@Nullable Slot slot, String slotId, boolean isLost) {

        /** Whether it is there and takes part now. */
        boolean isAlive() {
            return !isLost && bin.state.isAlive();
        }

        Replica replica() {
            return new Replica(bin.id, slotId);
        }
    }

    final String uid;
    final int wanted;
    final long bytes;
    final double[] amounts;
    final List<Copy> copies = new ArrayList<>();

    @Nullable
    Bin leader;
    /** Whether a task, or an earlier step of this plan, has it. */
    boolean isBusy;
    /** Whether it was moved lately, so that balance leaves it where it is. */
    boolean isResting;

    private final Kind kind;

    Item(Kind kind, String uid, int wanted, long bytes, double[] amounts, boolean isBusy) {
        this.kind = kind;
        this.uid = uid;
        this.wanted = wanted;
        this.bytes = bytes;
        this.amounts = amounts;
        this.isBusy = isBusy;
    }

    boolean isOn(Bin bin) {
        for (Copy copy : copies) {
            if (copy.bin() == bin) {
                return true;
            }
        }
        return false;
    }

    int alive() {
        return (int) copies.stream().filter(Copy::isAlive).count();
    }

    /** Whether its members can be changed; indexes have no votes. */
    boolean hasMajority() {
        return kind == Kind.INDEX || spareReplicas() >= 0;
    }

    /** How many more replicas may fail before the majority is lost; negative: it is. */
    int spareReplicas() {
        return alive() - (copies.size() / 2 + 1);
    }

    /** Whether nothing is wrong with it, so that it may be moved for the sake of balance. */
    boolean isWhole() {
        if (isBusy || copies.size() != wanted) {
            return false;
        }
        for (Copy copy : copies) {
            if (copy.isLost() || !copy.bin().isUp()) {
                return false;
            }
        }
        return true;
    }

    /** Whose disk and network a copy of it is read from; nothing: not known. */
    Optional<Bin> sender() {
        return leader != null && leader.state.isAlive() ? Optional.of(leader) : Optional.empty();
    }

    int copiesIn(String zone) {
        int count = 0;
        for (Copy copy : copies) {
            if (!copy.isLost() && copy.bin().zone.equals(zone)) {
                count++;
            }
        }
        return count;
    }

    /**
     * What a copy in that zone, without the one that leaves, does to how evenly the zones are used: the change of the sum of
     * squares of the copies in each. The most even distribution has the least sum; negative is better.
     */
    int spreadChange(@Nullable Copy leaving, String zone) {
        boolean leaves = leaving != null && !leaving.isLost();
        if (leaves && leaving != null && leaving.bin().zone.equals(zone)) {
            return 0;
        }
        int change = 2 * copiesIn(zone) + 1;
        return leaves && leaving != null ? change - 2 * copiesIn(leaving.bin().zone) + 1 : change;
    }

    @Override
    public String toString() {
        return uid;
    }
}
