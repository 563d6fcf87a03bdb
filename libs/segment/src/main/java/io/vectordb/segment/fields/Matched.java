package io.vectordb.segment.fields;

import org.apache.lucene.util.FixedBitSet;

/**
 * What is known of a set of rows: some belong to it, and some may.
 *
 * <p>Invariant: certain ⊆ the set ⊆ possible. Where nothing is in doubt the two are one object. Owns its bits; not
 * thread-safe.
 */
final class Matched {

    private FixedBitSet certain;
    private FixedBitSet possible;

    private Matched(FixedBitSet certain, FixedBitSet possible) {
        this.certain = certain;
        this.possible = possible;
    }

    static Matched exactly(FixedBitSet rows) {
        return new Matched(rows, rows);
    }

    /** A set of which nothing is known but that it is part of these. */
    static Matched within(FixedBitSet rows) {
        return new Matched(new FixedBitSet(rows.length()), rows);
    }

    /** The set that has all of {@code certain}, and some of {@code doubtful}, which must be another object. */
    static Matched between(FixedBitSet certain, FixedBitSet doubtful) {
        if (doubtful.scanIsEmpty()) {
            return exactly(certain);
        }
        doubtful.or(certain);
        return new Matched(certain, doubtful);
    }

    boolean isExact() {
        return certain == possible;
    }

    FixedBitSet possible() {
        return possible;
    }

    boolean isEmpty() {
        return possible.scanIsEmpty();
    }

    /** Adds the other set to this one. */
    void or(Matched other) {
        part(other);
        certain.or(other.certain);
        if (!isExact()) {
            possible.or(other.possible);
            settle();
        }
    }

    /** Leaves what is also in the other set. */
    void and(Matched other) {
        part(other);
        certain.and(other.certain);
        if (!isExact()) {
            possible.and(other.possible);
            settle();
        }
    }

    /** What is not in this set, of the given rows. */
    Matched complementIn(FixedBitSet rows) {
        FixedBitSet outside = rows.clone();
        outside.andNot(possible);
        if (isExact()) {
            return exactly(outside);
        }
        FixedBitSet most = rows.clone();
        most.andNot(certain);
        Matched complement = new Matched(outside, most);
        complement.settle();
        return complement;
    }

    private void part(Matched other) {
        if (isExact() && !other.isExact()) {
            possible = certain.clone();
        }
    }

    private void settle() {
        if (certain.equals(possible)) {
            certain = possible;
        }
    }
}
