package io.vectordb.metadata.placement;

/**
 * Two nodes of which one may give to the other, as they are now.
 *
 * <p>Only what has more than the mean gives, and only what has less is given to, else replicas would be passed on from node to
 * node while new ones are filled. Where zones differ, since each has to have one of each shard, the mean is that of the zone.
 */
final class Pair {

    /** Of the least difference that a move has to leave: 1 would let two nodes change places, 2 ends where they are equal. */
    private static final double DAMPING = 1.5;

    private static final double LEAST_SHARE_LEFT = 0.5;

    private final double[] scales = new double[Board.MEASURES];
    private final double[] differences = new double[Board.MEASURES];
    private final double[] steps = new double[Board.MEASURES];
    private final boolean[] areUneven = new boolean[Board.MEASURES];

    /**
     * @param tolerances by which share of the fuller one they may differ
     */
    Pair(Board board, Bin source, Bin target, double[] tolerances) {
        for (int i = 0; i < Board.MEASURES; i++) {
            double mean = board.mean(i);
            double fuller = board.relative(source, i);
            differences[i] = fuller - board.relative(target, i);
            areUneven[i] = differences[i] > tolerances[i] * fuller
                    && fuller >= Math.min(1, board.zoneMean(source, i))
                    && fuller - differences[i] <= Math.max(1, board.zoneMean(target, i));
            scales[i] = mean > 0 ? Board.WEIGHTS[i] / (mean * board.meanSize(i)) : 0;
            steps[i] = mean > 0 ? (1 / source.sizes[i] + 1 / target.sizes[i]) / mean : 0;
        }
    }

    boolean isUneven() {
        return areUneven[Board.BYTES] || areUneven[Board.LOAD];
    }

    /**
     * How much better the score of the board gets by a move, damped so that it would not be as good to go back; 0 unless it
     * brings half of what it is made for: one that does good to bytes and nearly as much harm to load, or the other way round,
     * would soon be one of many that go to and fro.
     */
    double gain(Item item) {
        return isFor(item, Board.BYTES) || isFor(item, Board.LOAD)
                ? gain(item, Board.BYTES) + gain(item, Board.LOAD)
                : 0;
    }

    /** What it is made for. */
    Cause cause(Item item) {
        return isFor(item, Board.BYTES) ? Cause.BYTES : Cause.LOAD;
    }

    private boolean isFor(Item item, int measure) {
        double gain = gain(item, measure);
        return areUneven[measure]
                && gain > 0
                && gain(item, Board.BYTES) + gain(item, Board.LOAD) >= LEAST_SHARE_LEFT * gain;
    }

    private double gain(Item item, int measure) {
        double amount = item.amounts[measure];
        return scales[measure] * amount * (2 * differences[measure] - DAMPING * amount * steps[measure]);
    }
}
