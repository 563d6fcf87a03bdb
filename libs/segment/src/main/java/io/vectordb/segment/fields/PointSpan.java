package io.vectordb.segment.fields;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.PointValues.IntersectVisitor;
import org.apache.lucene.index.PointValues.Relation;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IntsRef;

/** Collects the rows of the points from one, which belongs to them, to another, which does not. */
final class PointSpan implements IntersectVisitor {

    private final byte[] from;
    private final byte[] to;
    private final FixedBitSet into;
    private final Runnable check;

    /**
     * Collects.
     *
     * @param check run for each block of points; may throw
     */
    PointSpan(byte[] from, byte[] to, FixedBitSet into, Runnable check) {
        this.from = from;
        this.to = to;
        this.into = into;
        this.check = check;
    }

    @Override
    public void visit(int row) {
        into.set(row);
    }

    @Override
    public void visit(DocIdSetIterator rows) throws IOException {
        into.or(rows);
    }

    @Override
    public void visit(IntsRef rows) {
        for (int i = 0; i < rows.length; i++) {
            into.set(rows.ints[rows.offset + i]);
        }
    }

    @Override
    public void visit(int row, byte[] point) {
        if (isInside(point)) {
            into.set(row);
        }
    }

    @Override
    public void visit(DocIdSetIterator rows, byte[] point) throws IOException {
        if (isInside(point)) {
            into.or(rows);
        }
    }

    @Override
    public Relation compare(byte[] least, byte[] greatest) {
        check.run();
        if (Arrays.compareUnsigned(greatest, from) < 0 || Arrays.compareUnsigned(least, to) >= 0) {
            return Relation.CELL_OUTSIDE_QUERY;
        }
        return isInside(least) && isInside(greatest) ? Relation.CELL_INSIDE_QUERY : Relation.CELL_CROSSES_QUERY;
    }

    private boolean isInside(byte[] point) {
        return Arrays.compareUnsigned(point, from) >= 0 && Arrays.compareUnsigned(point, to) < 0;
    }
}
