package io.vectordb.segment.fields;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.segment.fields.IndexFields.Source;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * The posting lists and points of an index, read for one question, which may be cancelled.
 *
 * <p>Every method asks for the cancellation, long ones again and again. Not thread-safe; the index itself is.
 */
final class FieldPostings {

    /** Up to so many terms are looked up one by one; more are merged with those that the index has. */
    private static final int LOOKED_UP = 16;

    private static final int TERMS_PER_CHECK = 1_024;

    private final @Nullable LeafReader reader;
    private final int rows;
    private final BooleanSupplier cancelled;
    private @Nullable PostingsEnum reused;

    FieldPostings(@Nullable LeafReader reader, int rows, BooleanSupplier cancelled) {
        this.reader = reader;
        this.rows = rows;
        this.cancelled = cancelled;
    }

    /** Asked of each term of a span. */
    @FunctionalInterface
    interface TermTest {
        boolean test(BytesRef term);
    }

    FixedBitSet none() {
        return new FixedBitSet(rows);
    }

    FixedBitSet all() {
        FixedBitSet all = none();
        all.set(0, rows);
        return all;
    }

    void checkCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new VectorDbException(ErrorCode.CANCELLED, "the question was cancelled while its filter was run");
        }
    }

    /** The kinds of the values at a path. */
    Set<Kind> kinds(Source source, PathKey path) throws IOException {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        BytesRef start = path.start();
        TermsEnum terms = terms(source.kinds());
        if (terms == null || terms.seekCeil(start) == TermsEnum.SeekStatus.END) {
            return kinds;
        }
        for (BytesRef term = terms.term(); term != null && isBelow(start, term); term = terms.next()) {
            Kind kind = Kind.of(term.bytes[term.offset + start.length]);
            if (kind == null) {
                throw new VectorDbException(ErrorCode.SEGMENT_CORRUPT, "the field index has a kind of no known code");
            }
            kinds.add(kind);
        }
        return kinds;
    }

    /** Adds the rows of a term. */
    void add(String field, BytesRef term, FixedBitSet into) throws IOException {
        TermsEnum terms = terms(field);
        if (terms != null && terms.seekExact(term)) {
            addRows(terms, into);
        }
    }

    /** Adds the rows of terms, which are in their order. */
    void addAll(String field, BytesRef[] sorted, FixedBitSet into) throws IOException {
        TermsEnum terms = terms(field);
        if (terms == null) {
            return;
        }
        int next = 0;
        while (next < sorted.length) {
            checkEvery(next);
            if (sorted.length <= LOOKED_UP) {
                if (terms.seekExact(sorted[next])) {
                    addRows(terms, into);
                }
                next++;
                continue;
            }
            TermsEnum.SeekStatus status = terms.seekCeil(sorted[next]);
            if (status == TermsEnum.SeekStatus.END) {
                return;
            }
            if (status == TermsEnum.SeekStatus.FOUND) {
                addRows(terms, into);
                next++;
            } else {
                int at = Arrays.binarySearch(sorted, next + 1, sorted.length, terms.term());
                next = at < 0 ? -at - 1 : at;
            }
        }
    }

    /**
     * Adds the rows of the terms from one to below another that pass a test.
     *
     * @param most how many terms may be looked at
     * @return false: there were more, and some rows are missing
     */
    boolean addSpan(String field, BytesRef from, BytesRef to, int most, TermTest test, FixedBitSet into)
            throws IOException {
        TermsEnum terms = terms(field);
        if (terms == null || from.compareTo(to) >= 0 || terms.seekCeil(from) == TermsEnum.SeekStatus.END) {
            return true;
        }
        int seen = 0;
        for (BytesRef term = terms.term(); term != null && term.compareTo(to) < 0; term = terms.next()) {
            if (++seen > most) {
                return false;
            }
            checkEvery(seen);
            if (test.test(term)) {
                addRows(terms, into);
            }
        }
        return true;
    }

    /** The number that stands for a path and kind among the points; empty: its values are no points. */
    OptionalInt space(PathKey path, Kind kind) throws IOException {
        BytesRef start = path.term(kind);
        TermsEnum terms = terms(IndexFields.SPACES);
        if (terms == null || terms.seekCeil(start) == TermsEnum.SeekStatus.END || !isBelow(start, terms.term())) {
            return OptionalInt.empty();
        }
        BytesRef term = terms.term();
        return OptionalInt.of(NumericUtils.sortableBytesToInt(term.bytes, term.offset + start.length));
    }

    /** Adds the rows of the points from one to below another. */
    void addPoints(byte[] from, byte[] to, FixedBitSet into) throws IOException {
        checkCancelled();
        PointValues points = reader == null ? null : reader.getPointValues(IndexFields.POINTS);
        if (points != null && Arrays.compareUnsigned(from, to) < 0) {
            points.intersect(new PointSpan(from, to, into, this::checkCancelled));
        }
    }

    private @Nullable TermsEnum terms(String field) throws IOException {
        checkCancelled();
        Terms terms = reader == null ? null : reader.terms(field);
        return terms == null ? null : terms.iterator();
    }

    private void addRows(TermsEnum terms, FixedBitSet into) throws IOException {
        PostingsEnum postings = terms.postings(reused, PostingsEnum.NONE);
        reused = postings;
        if (postings.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
            postings.intoBitSet(DocIdSetIterator.NO_MORE_DOCS, into, 0);
        }
    }

    private void checkEvery(int count) {
        if (count % TERMS_PER_CHECK == 0) {
            checkCancelled();
        }
    }

    private static boolean isBelow(BytesRef start, BytesRef term) {
        return term.length > start.length
                && Arrays.equals(
                        start.bytes,
                        start.offset,
                        start.offset + start.length,
                        term.bytes,
                        term.offset,
                        term.offset + start.length);
    }
}
