package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes and the copies that they have, as they are while a plan grows. What was put down or taken away counts at once, so each
 * step is chosen with the earlier ones in mind.
 *
 * <p>The one score: how far nodes are from even, as the sum over nodes and measures (bytes, load) of size times the square of
 * what it has to its size, each to the mean. Every step for balance lowers it, so there is no circle of them.
 */
final class Board {

    static final int BYTES = 0;
    static final int LOAD = 1;
    static final int MEASURES = 2;

    /** An item counts as much at least, so that empty ones are spread too. */
    static final long LEAST_BYTES = 64L << 20;

    /** How much a difference in load counts to one in bytes. */
    static final double[] WEIGHTS = {1, 0.25};

    private final double spaceFactor;
    private final double fullShare;
    private final SortedMap<String, Bin> bins = new TreeMap<>();
    private final SortedMap<String, Item> items = new TreeMap<>();
    private final Map<String, double[]> zoneMeans = new HashMap<>();
    private final double[] means = new double[MEASURES];
    private final double[] meanSizes = new double[MEASURES];

    Board(double spaceFactor, double fullShare) {
        this.spaceFactor = spaceFactor;
        this.fullShare = fullShare;
    }

    void add(Bin bin) {
        bins.put(bin.id, bin);
    }

    void add(Item item) {
        items.put(item.uid, item);
    }

    Collection<Bin> bins() {
        return bins.values();
    }

    Collection<Item> items() {
        return items.values();
    }

    @Nullable
    Bin bin(String id) {
        return bins.get(id);
    }

    /** The node of this id; one that nobody knows is dead. */
    Bin binOrDead(String id) {
        return bins.computeIfAbsent(id, unknown -> new Bin(unknown, "", NodeState.DEAD, List.of(), 1));
    }

    @Nullable
    Item item(String uid) {
        return items.get(uid);
    }

    /** A copy that is there. */
    void place(Item item, Bin bin, String slotId, boolean isLost) {
        Item.Copy copy = new Item.Copy(item, bin, bin.slot(slotId), slotId, isLost);
        item.copies.add(copy);
        bin.put(copy);
    }

    /** A copy that is to come. */
    void send(Item item, Bin bin, String slotId) {
        Bin.reserve(bin.slot(slotId), item.bytes);
        place(item, bin, slotId, false);
    }

    /** A copy that is to go. */
    void remove(Item.Copy copy) {
        copy.item().copies.remove(copy);
        copy.bin().take(copy);
    }

    /** Takes the means that nodes are compared to. To be called once all is placed. */
    void measure() {
        List<Bin> up = bins.values().stream().filter(Bin::isUp).toList();
        for (int i = 0; i < MEASURES; i++) {
            int measure = i;
            double size = up.stream().mapToDouble(bin -> bin.sizes[measure]).sum();
            double amount = up.stream().mapToDouble(bin -> bin.amounts[measure]).sum();
            means[i] = size > 0 ? amount / size : 0;
            meanSizes[i] = up.isEmpty() ? 1 : size / up.size();
        }
        up.stream()
                .collect(Collectors.groupingBy(bin -> bin.zone))
                .forEach((zone, nodes) -> zoneMeans.put(zone, relative(nodes)));
    }

    private double[] relative(List<Bin> nodes) {
        double[] relative = new double[MEASURES];
        for (int i = 0; i < MEASURES; i++) {
            double size = 0;
            double amount = 0;
            for (Bin bin : nodes) {
                size += bin.sizes[i];
                amount += bin.amounts[i];
            }
            relative[i] = means[i] > 0 ? amount / (size * means[i]) : 0;
        }
        return relative;
    }

    /** What a node of size 1 has on average. */
    double mean(int measure) {
        return means[measure];
    }

    /** What the nodes of its zone have on average, 1 being the mean of all. */
    double zoneMean(Bin bin, int measure) {
        double[] zone = zoneMeans.get(bin.zone);
        return zone == null ? 1 : zone[measure];
    }

    /** What the node has, 1 being the mean. */
    double relative(Bin bin, int measure) {
        return means[measure] > 0 ? bin.amounts[measure] / (bin.sizes[measure] * means[measure]) : 0;
    }

    /** The mean size of a node. */
    double meanSize(int measure) {
        return meanSizes[measure];
    }

    /** How much worse the score gets by another copy. */
    private double cost(Item item, Bin to) {
        double cost = 0;
        for (int i = 0; i < MEASURES; i++) {
            double mean = means[i] > 0 ? means[i] : 1;
            double amount = item.amounts[i] / mean;
            double after = 2 * to.amounts[i] / (to.sizes[i] * mean) + amount / to.sizes[i];
            cost += WEIGHTS[i] * amount / meanSizes[i] * after;
        }
        return cost;
    }

    /** The slot of a node that may have a copy of an item. */
    Optional<Bin.Slot> slotFor(Item item, Bin bin) {
        return bin.isUp() && !item.isOn(bin) ? bin.slotFor(item.bytes, spaceFactor, fullShare) : Optional.empty();
    }

    /** Of the nodes that may have a copy the one that leaves the zones as even as they can be, then the nodes. */
    Optional<Bin> target(Item item, Item.@Nullable Copy leaving, Predicate<Bin> admits) {
        return target(item, leaving, Integer.MAX_VALUE, admits);
    }

    /**
     * The same, if it does well enough.
     *
     * @param leaving the copy that it stands for, if any
     * @param mostSpread the worst that may happen to the zones, see {@link Item#spreadChange}
     */
    Optional<Bin> target(Item item, Item.@Nullable Copy leaving, int mostSpread, Predicate<Bin> admits) {
        Bin best = null;
        int bestSpread = mostSpread;
        double bestCost = Double.POSITIVE_INFINITY;
        for (Bin bin : bins.values()) {
            if (!bin.isUp()) {
                continue;
            }
            int spread = item.spreadChange(leaving, bin.zone);
            if (spread > bestSpread) {
                continue;
            }
            double cost = cost(item, bin);
            if ((spread < bestSpread || cost < bestCost)
                    && admits.test(bin)
                    && slotFor(item, bin).isPresent()) {
                best = bin;
                bestSpread = spread;
                bestCost = cost;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The node that would have least, though none has room. */
    Optional<Bin> targetWithoutRoom(Item item) {
        return bins.values().stream()
                .filter(bin -> bin.isUp() && !item.isOn(bin))
                .min(Comparator.comparingDouble((Bin bin) -> cost(item, bin)).thenComparing(bin -> bin.id));
    }

    Imbalance imbalance() {
        double[] most = new double[MEASURES];
        double[] least = new double[MEASURES];
        for (int i = 0; i < MEASURES; i++) {
            int measure = i;
            List<Double> all = new ArrayList<>();
            bins.values().stream().filter(Bin::isUp).forEach(bin -> all.add(relative(bin, measure)));
            boolean isEmpty = all.isEmpty() || means[i] <= 0;
            most[i] = isEmpty ? 1 : all.stream().mapToDouble(each -> each).max().orElse(1);
            least[i] =
                    isEmpty ? 1 : all.stream().mapToDouble(each -> each).min().orElse(1);
        }
        return new Imbalance(most[BYTES], least[BYTES], most[LOAD], least[LOAD]);
    }
}
