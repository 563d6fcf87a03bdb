package io.vectordb.metadata.placement;

import io.vectordb.metadata.placement.Plan.Obstacle;
import io.vectordb.metadata.placement.PlannedStep.TransferLeadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plan of storage nodes, or of index nodes, that grows: each step is put on the {@link Board} as it is taken. */
final class Draft {

    final Kind kind;
    final Board board;
    final PlanRules rules;
    final PlanLimits limits;
    final Traffic traffic;
    final List<PlannedStep> steps = new ArrayList<>();
    final List<Obstacle> obstacles = new ArrayList<>();
    int waiting;

    Draft(Kind kind, Board board, PlanRules rules, PlanLimits limits, Traffic traffic) {
        this.kind = kind;
        this.board = board;
        this.rules = rules;
        this.limits = limits;
        this.traffic = traffic;
    }

    void obstacle(String subject, String reason) {
        obstacles.add(new Obstacle(subject, reason));
    }

    /**
     * Where an urgent copy goes; nothing, which is noted, where there is no place or others have to be done before. Rather
     * wait than go to a zone that has enough: it would have to be moved again.
     *
     * @param leaving the copy that it stands for, if any
     */
    Optional<Bin> urgentTarget(Item item, Item.@Nullable Copy leaving, Cause cause, String what) {
        Optional<Bin> ideal = board.target(item, leaving, _ -> true);
        if (ideal.isPresent()) {
            int spread = item.spreadChange(leaving, ideal.get().zone);
            Optional<Bin> target = traffic.admits(cause) && traffic.admitsFrom(item, cause)
                    ? board.target(item, leaving, spread, bin -> traffic.admitsTo(bin, cause))
                    : Optional.empty();
            waiting += target.isPresent() ? 0 : 1;
            return target;
        }
        Optional<Bin> full = kind == Kind.INDEX && item.alive() == 0 ? board.targetWithoutRoom(item) : Optional.empty();
        if (full.isEmpty()) {
            obstacle(item.uid, what + ": " + noPlace(item));
        }
        return full;
    }

    private String noPlace(Item item) {
        long others = board.bins().stream()
                .filter(bin -> bin.isUp() && !item.isOn(bin))
                .count();
        return others == 0
                ? "there is no further " + kind.node + " that is up"
                : "of " + others + " " + kind.node + "s that could take it none has room for "
                        + Words.bytes(item.bytes);
    }

    void replace(Item.Copy lost, Bin target, String reason) {
        Replica made = send(lost.item(), target, Cause.SAFETY);
        drop(lost);
        steps.add(kind.replace(lost.item(), lost.replica(), made, reason));
    }

    void add(Item item, Bin target, String reason) {
        steps.add(kind.add(item, send(item, target, Cause.SAFETY), reason));
    }

    void move(Item.Copy source, Bin target, Cause cause, String reason) {
        Replica made = send(source.item(), target, cause);
        drop(source);
        steps.add(kind.move(source.item(), source.replica(), made, cause, reason));
    }

    void remove(Item.Copy copy, String reason) {
        drop(copy);
        copy.item().isBusy = true;
        steps.add(kind.remove(copy.item(), copy.replica(), reason));
    }

    void lead(Item item, Bin source, Bin target, String reason) {
        source.leaders--;
        target.leaders++;
        item.leader = target;
        item.isBusy = true;
        steps.add(new TransferLeadership(item.uid, source.id, target.id, reason));
    }

    private Replica send(Item item, Bin target, Cause cause) {
        String slot = board.slotFor(item, target).orElseGet(target.slots::getFirst).id;
        traffic.count(item, target, cause);
        board.send(item, target, slot);
        item.isBusy = true;
        return new Replica(target.id, slot);
    }

    private void drop(Item.Copy copy) {
        Item item = copy.item();
        board.remove(copy);
        if (item.leader == copy.bin()) {
            copy.bin().leaders--;
            item.leader = null;
        }
    }
}
