package io.vectordb.metadata.placement;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Evens out used share and load: always the move that lowers the score of the {@link Board} most, from the fullest node on,
 * between nodes that differ by more than is tolerated.
 */
final class Balance {

    private record Move(Item.Copy copy, Bin target, double gain, Cause cause) {}

    private static final double LEAST_GAIN = 1e-9;

    private final Draft draft;
    private final Board board;
    private final boolean isLoaded;
    private final double[] tolerances;

    Balance(Draft draft) {
        this.draft = draft;
        this.board = draft.board;
        this.isLoaded = board.mean(Board.LOAD) >= draft.rules.loadFloor();
        this.tolerances = new double[] {
            draft.rules.bytesTolerance(), isLoaded ? draft.rules.loadTolerance() : Double.POSITIVE_INFINITY
        };
    }

    void plan() {
        while (pass()) {}
    }

    /** Always the node that is the fullest then, until each has nothing to give. */
    private boolean pass() {
        Map<Bin, Double> fullness = new HashMap<>();
        PriorityQueue<Bin> sources =
                new PriorityQueue<>(Comparator.comparingDouble((Bin bin) -> -fullness.getOrDefault(bin, 0.0))
                        .thenComparing(bin -> bin.id));
        for (Bin bin : board.bins()) {
            if (bin.isUp()) {
                fullness.put(bin, fullness(bin));
                sources.add(bin);
            }
        }
        boolean hasChanged = false;
        while (!sources.isEmpty()) {
            Bin source = sources.remove();
            Move move = best(source);
            if (move != null) {
                apply(move);
                hasChanged = true;
                fullness.put(source, fullness(source));
                sources.add(source);
            }
        }
        return hasChanged;
    }

    private double fullness(Bin bin) {
        double bytes = board.relative(bin, Board.BYTES);
        return isLoaded ? Math.max(bytes, board.relative(bin, Board.LOAD)) : bytes;
    }

    /** What the node gives next. */
    private @Nullable Move best(Bin source) {
        if (!draft.traffic.admits(Cause.BYTES)) {
            return null;
        }
        List<Item.Copy> movable = source.copies.stream()
                .filter(copy -> copy.item().isWhole()
                        && !copy.item().isResting
                        && draft.traffic.admitsFrom(copy.item(), Cause.BYTES))
                .toList();
        Move best = null;
        for (Bin target : board.bins()) {
            if (target != source && target.isUp() && draft.traffic.admitsTo(target, Cause.BYTES)) {
                Pair pair = new Pair(board, source, target, tolerances);
                best = pair.isUneven() ? better(best, pair, movable, target) : best;
            }
        }
        return best;
    }

    private @Nullable Move better(@Nullable Move known, Pair pair, List<Item.Copy> movable, Bin target) {
        Move best = known;
        for (Item.Copy copy : movable) {
            double gain = pair.gain(copy.item());
            if (gain > (best == null ? LEAST_GAIN : best.gain) && isAllowed(copy, target)) {
                best = new Move(copy, target, gain, pair.cause(copy.item()));
            }
        }
        return best;
    }

    private boolean isAllowed(Item.Copy copy, Bin target) {
        return copy.item().spreadChange(copy, target.zone) <= 0
                && board.slotFor(copy.item(), target).isPresent();
    }

    private void apply(Move move) {
        Bin source = move.copy.bin();
        boolean isForBytes = move.cause == Cause.BYTES;
        int measure = isForBytes ? Board.BYTES : Board.LOAD;
        String reason = (isForBytes ? "bytes: " : "load: ") + source + " has "
                + Words.times(board.relative(source, measure)) + " of the mean, " + move.target + " "
                + Words.times(board.relative(move.target, measure));
        draft.move(move.copy, move.target, move.cause, reason);
    }
}
