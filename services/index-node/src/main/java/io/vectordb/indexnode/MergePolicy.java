package io.vectordb.indexnode;

import io.vectordb.segment.ShardIndex.Sealed;
import java.util.List;
import java.util.Optional;

/**
 * Which neighbouring segments become one, so that a shard has few, and little in them is dead.
 *
 * <p>A segment is merged with all younger ones as soon as these together have as many live records: sizes then more than
 * halve from one to the next, so n records are in at most log2(n / smallest) segments, and a record is written again at
 * most as often. A segment is written anew by itself when a third of it is dead.
 */
final class MergePolicy {

    private static final int DEAD_ONE_IN = 3;
    /** Less is not worth an entry in the log. */
    private static final int LEAST_DEAD_ROWS = 1_000;

    private MergePolicy() {}

    record Range(long fromSeq, long toSeq) {}

    /**
     * The largest range that there is room for.
     *
     * @param sealed of one shard, the oldest first; those in memory are left alone
     * @param mostRows that one segment may get
     */
    static Optional<Range> choose(List<Sealed> sealed, long mostRows) {
        List<Sealed> files = sealed.stream().takeWhile(each -> !each.inMemory()).toList();
        long younger = 0;
        Optional<Range> found = Optional.empty();
        for (int i = files.size() - 1; i >= 0; i--) {
            boolean fits = younger + files.get(i).live() <= mostRows;
            if (i < files.size() - 1 && fits && younger >= files.get(i).live()) {
                found = Optional.of(
                        new Range(files.get(i).fromSeq(), files.getLast().toSeq()));
            }
            younger += files.get(i).live();
        }
        return found.or(() -> files.stream()
                .filter(each -> isMostlyDead(each) && each.live() <= mostRows)
                .map(each -> new Range(each.fromSeq(), each.toSeq()))
                .findFirst());
    }

    private static boolean isMostlyDead(Sealed segment) {
        int dead = segment.rows() - segment.live();
        return dead >= LEAST_DEAD_ROWS && dead >= segment.rows() / DEAD_ONE_IN;
    }
}
