package io.vectordb.metadata.placement;

import java.util.HashMap;
import java.util.Map;

/** What is being copied, from and to which node, against its limits. */
final class Traffic {

    private final PlanLimits limits;
    private final boolean isSafetyLimited;
    private final Map<Bin, Integer> received = new HashMap<>();
    private final Map<Bin, Integer> sent = new HashMap<>();
    private int copies;
    private int forBalance;

    /**
     * @param isSafetyLimited whether also what serves safety has to wait: not so for indexes, without which nobody can search
     */
    Traffic(PlanLimits limits, boolean isSafetyLimited) {
        this.limits = limits;
        this.isSafetyLimited = isSafetyLimited;
    }

    boolean admits(Cause cause) {
        return isUnlimited(cause)
                || copies < limits.copies()
                        && (!cause.isBalance() || forBalance < PlanLimits.forBalance(limits.copies()));
    }

    boolean admitsTo(Bin target, Cause cause) {
        return isUnlimited(cause) || received.getOrDefault(target, 0) < ofNode(cause);
    }

    boolean admitsFrom(Item item, Cause cause) {
        return item.sender()
                .map(sender -> sent.getOrDefault(sender, 0) < ofNode(cause))
                .orElse(true);
    }

    private boolean isUnlimited(Cause cause) {
        return !isSafetyLimited && cause == Cause.SAFETY;
    }

    private int ofNode(Cause cause) {
        return cause.isBalance() ? PlanLimits.forBalance(limits.copiesPerNode()) : limits.copiesPerNode();
    }

    void count(Item item, Bin target, Cause cause) {
        copies++;
        if (cause.isBalance()) {
            forBalance++;
        }
        received.merge(target, 1, Integer::sum);
        item.sender().ifPresent(sender -> sent.merge(sender, 1, Integer::sum));
    }
}
