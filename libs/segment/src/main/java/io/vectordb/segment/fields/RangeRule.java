package io.vectordb.segment.fields;

import io.vectordb.segment.fields.Literal.Fit;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Value;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * The values between two bounds, of which one may be missing.
 *
 * <p>What lies between the bounds is a span of terms or points. Where a bound's bytes are not the whole value (the nearest
 * double of a number, the beginning of a long text) the terms that share them are tested one by one, or stay in doubt.
 */
final class RangeRule {

    private final @Nullable Bound low;
    private final @Nullable Bound high;
    private final ValueOracle oracle;

    private RangeRule(@Nullable Bound low, @Nullable Bound high, ValueOracle oracle) {
        this.low = low;
        this.high = high;
        this.oracle = oracle;
    }

    private record Bound(Literal literal, boolean inclusive) {}

    /** {@code value op literal}, of an operator that asks for the order. */
    static RangeRule of(Compare.Op op, Value value, ValueOracle oracle) {
        Bound bound = new Bound(new Literal(value), op == Compare.Op.LE || op == Compare.Op.GE);
        boolean isLow = op == Compare.Op.GT || op == Compare.Op.GE;
        return new RangeRule(isLow ? bound : null, isLow ? null : bound, oracle);
    }

    /** Both ends belong to it. */
    static RangeRule between(Value low, Value high, ValueOracle oracle) {
        return new RangeRule(new Bound(new Literal(low), true), new Bound(new Literal(high), true), oracle);
    }

    /** What the range says of a kind: values that do not compare with the bounds are unknown. */
    KindRule rule(Kind kind) {
        Fit below = low == null ? null : low.literal().order(kind);
        Fit above = high == null ? below : high.literal().order(kind);
        Fit fit = below == null || below == above ? above : Fit.DIFFERENTLY;
        if (fit == null || fit == Fit.NEVER) {
            return KindRule.always(Truth.UNKNOWN);
        }
        return fit == Fit.TERMS ? KindRule.split(this::select, Truth.TRUE, Truth.FALSE) : KindRule.eachTerm(oracle);
    }

    private Matched select(Scope scope) throws IOException {
        return switch (scope.kind()) {
            case TEXT, DATE -> selectTexts(scope);
            case LONG_TEXT -> selectLongTexts(scope);
            case NUMBER, DECIMAL, TIMESTAMP -> selectPoints(scope);
            case NULL, BOOL, NAN, OPAQUE, LIST, OBJECT, GEO, VECTOR, BYTES ->
                throw new IllegalArgumentException(scope.kind() + " has no order");
        };
    }

    private Matched selectTexts(Scope scope) throws IOException {
        BytesRef from = scope.term();
        if (low != null) {
            BytesRef bound = scope.term(low.literal().orderBytes(scope.kind()));
            from = low.inclusive() ? bound : Scope.next(bound);
        }
        BytesRef to = scope.end();
        if (high != null) {
            BytesRef bound = scope.term(high.literal().orderBytes(scope.kind()));
            to = high.inclusive() ? Scope.next(bound) : bound;
        }
        FixedBitSet found = scope.postings().none();
        return addTerms(scope, from, to, found) ? Matched.exactly(found) : Matched.between(found, scope.rows());
    }

    private Matched selectLongTexts(Scope scope) throws IOException {
        FixedBitSet found = scope.postings().none();
        FixedBitSet doubtful = scope.postings().none();
        BytesRef from = scope.term();
        boolean complete = true;
        if (low != null) {
            byte[] bound = start(low, scope);
            from = scope.term(bound);
            if (bound.length == ValueCodec.START_BYTES) {
                BytesRef after = Scope.after(from);
                complete = addTerms(scope, from, after, doubtful);
                from = after;
            }
        }
        BytesRef to = scope.end();
        if (high != null) {
            byte[] bound = start(high, scope);
            to = scope.term(bound);
            if (bound.length == ValueCodec.START_BYTES) {
                complete &= addTerms(scope, to, Scope.after(to), doubtful);
            }
        }
        complete &= addTerms(scope, from, to, found);
        return Matched.between(found, complete ? doubtful : scope.rows());
    }

    private Matched selectPoints(Scope scope) throws IOException {
        FixedBitSet found = scope.postings().none();
        BytesRef from = scope.term();
        BytesRef to = scope.end();
        boolean complete = true;
        if (low != null) {
            BytesRef bound = scope.term(low.literal().orderBytes(scope.kind()));
            from = Scope.after(bound);
            complete = addTested(scope, bound, found);
        }
        if (high != null) {
            to = scope.term(high.literal().orderBytes(scope.kind()));
            complete &= addTested(scope, to, found);
        }
        complete &= addPoints(scope, from, to, found);
        return complete ? Matched.exactly(found) : Matched.between(found, scope.rows());
    }

    /** Adds the values whose coarse bytes are those of a bound, as far as they lie in the range; false: some are missing. */
    private boolean addTested(Scope scope, BytesRef coarse, FixedBitSet into) throws IOException {
        return scope.postings()
                .addSpan(
                        scope.source().values(),
                        coarse,
                        Scope.after(coarse),
                        KindRule.TESTED_TERMS,
                        term -> oracle.truth(scope, term) == Truth.TRUE,
                        into);
    }

    /** Adds the values from one term to below another, both of coarse bytes; false: some are missing. */
    private static boolean addPoints(Scope scope, BytesRef from, BytesRef to, FixedBitSet into) throws IOException {
        if (from.compareTo(to) >= 0) {
            return true;
        }
        OptionalInt space = scope.postings().space(scope.path(), scope.kind());
        if (space.isEmpty()) {
            return addTerms(scope, from, to, into);
        }
        byte[] least = point(space.getAsInt(), scope, from);
        byte[] end = point(space.getAsInt(), scope, to);
        scope.postings().addPoints(least, end, into);
        return true;
    }

    /** Adds the values from one term to below another; false: some are missing. */
    private static boolean addTerms(Scope scope, BytesRef from, BytesRef to, FixedBitSet into) throws IOException {
        return scope.postings().addSpan(scope.source().values(), from, to, KindRule.SPAN_TERMS, _ -> true, into);
    }

    private static byte[] start(Bound bound, Scope scope) {
        byte[] bytes = bound.literal().orderBytes(scope.kind());
        return bytes.length <= ValueCodec.START_BYTES ? bytes : Arrays.copyOf(bytes, ValueCodec.START_BYTES);
    }

    /** The point where the values of terms from this one on begin; behind the terms of the kind the next space begins. */
    private static byte[] point(int space, Scope scope, BytesRef term) {
        int valueOffset = term.offset + scope.path().valueOffset();
        boolean isInside = term.bytes[valueOffset - 1] == scope.kind().code();
        byte[] point = new byte[IndexFields.POINT_BYTES];
        NumericUtils.intToSortableBytes(isInside ? space : space + 1, point, 0);
        int length = term.offset + term.length - valueOffset;
        System.arraycopy(term.bytes, valueOffset, point, IndexFields.SPACE_BYTES, length);
        return point;
    }
}
