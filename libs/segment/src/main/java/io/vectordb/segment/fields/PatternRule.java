package io.vectordb.segment.fields;

import io.vectordb.v1.Like;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;

/** The texts that begin in a way, and those that then fit a pattern. */
final class PatternRule {

    /** What the texts begin with; well-formed. */
    private final byte[] beginning;
    /** Whether all that begin so are meant. */
    private final boolean whole;
    /** Whether nothing is known of the beginning. */
    private final boolean open;

    private final ValueOracle oracle;

    private PatternRule(String beginning, boolean whole, ValueOracle oracle) {
        boolean wellFormed = ValueCodec.isWellFormed(beginning);
        this.beginning = wellFormed ? beginning.getBytes(StandardCharsets.UTF_8) : new byte[0];
        this.whole = whole && wellFormed;
        this.open = this.beginning.length == 0;
        this.oracle = oracle;
    }

    static PatternRule prefix(String prefix, ValueOracle oracle) {
        return new PatternRule(prefix, true, oracle);
    }

    /** Of a pattern that is sound. */
    static PatternRule like(Like like, ValueOracle oracle) {
        if (like.getIgnoreCase()) {
            return new PatternRule("", false, oracle);
        }
        String pattern = like.getPattern();
        int escape = like.getEscape().isEmpty() ? -1 : like.getEscape().codePointAt(0);
        StringBuilder beginning = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            int point = pattern.codePointAt(at);
            if (point == escape && at + Character.charCount(point) < pattern.length()) {
                at += Character.charCount(point);
                point = pattern.codePointAt(at);
            } else if (point == '%' || point == '_') {
                break;
            }
            beginning.appendCodePoint(point);
            at += Character.charCount(point);
        }
        boolean whole = at < pattern.length() && pattern.substring(at).chars().allMatch(c -> c == '%') && escape != '%';
        return new PatternRule(beginning.toString(), whole, oracle);
    }

    /** What the pattern says of a kind; values that are no text are unknown. */
    KindRule rule(Kind kind) {
        return switch (kind) {
            case TEXT -> whole && open ? KindRule.always(Truth.TRUE) : rule(this::selectTexts);
            case LONG_TEXT -> whole && open ? KindRule.always(Truth.TRUE) : rule(this::selectLongTexts);
            case OPAQUE -> KindRule.doubt();
            case NULL, BOOL, NUMBER, NAN, DECIMAL, DATE, TIMESTAMP, LIST, OBJECT, GEO, VECTOR, BYTES ->
                KindRule.always(Truth.UNKNOWN);
        };
    }

    private static KindRule rule(KindRule.Selector selector) {
        return KindRule.split(selector, Truth.TRUE, Truth.FALSE);
    }

    private Matched selectTexts(Scope scope) throws IOException {
        FixedBitSet found = scope.postings().none();
        BytesRef from = scope.term(beginning);
        boolean complete = scope.postings()
                .addSpan(
                        scope.source().values(),
                        from,
                        Scope.after(from),
                        whole ? KindRule.SPAN_TERMS : KindRule.TESTED_TERMS,
                        term -> whole || oracle.truth(scope, term) == Truth.TRUE,
                        found);
        return complete ? Matched.exactly(found) : Matched.between(found, candidates(scope, from));
    }

    private Matched selectLongTexts(Scope scope) throws IOException {
        boolean known = beginning.length <= ValueCodec.START_BYTES;
        BytesRef from = scope.term(known ? beginning : Arrays.copyOf(beginning, ValueCodec.START_BYTES));
        FixedBitSet candidates = candidates(scope, from);
        return known && whole ? Matched.exactly(candidates) : Matched.within(candidates);
    }

    /** The rows whose value begins like this, or more of them where these are many. */
    private FixedBitSet candidates(Scope scope, BytesRef from) throws IOException {
        FixedBitSet candidates = scope.postings().none();
        boolean complete = !open
                && scope.postings()
                        .addSpan(
                                scope.source().values(),
                                from,
                                Scope.after(from),
                                KindRule.SPAN_TERMS,
                                _ -> true,
                                candidates);
        return complete ? candidates : scope.rows();
    }
}
