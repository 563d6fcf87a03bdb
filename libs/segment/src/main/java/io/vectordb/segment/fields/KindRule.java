package io.vectordb.segment.fields;

import java.io.IOException;
import org.apache.lucene.util.FixedBitSet;

/** What a condition says of the values of one kind. */
@FunctionalInterface
interface KindRule {

    /** How many terms are read back and tested one by one; for more it is cheaper to test the few rows that are asked for. */
    int TESTED_TERMS = 8_192;

    /** How many terms of a span are collected, which is some ten times cheaper. */
    int SPAN_TERMS = 131_072;

    /** The rows, among those with a value of the scope, for which the condition has this truth value. */
    Matched rows(Scope scope, Truth truth) throws IOException;

    /** Finds the rows whose value is one of some. */
    @FunctionalInterface
    interface Selector {
        Matched select(Scope scope) throws IOException;
    }

    /** All values have this truth value. */
    static KindRule always(Truth constant) {
        return (scope, truth) -> Matched.exactly(
                truth == constant ? scope.rows() : scope.postings().none());
    }

    /** Only the rows can tell. */
    static KindRule doubt() {
        return (scope, truth) -> Matched.within(scope.rows());
    }

    /** The values that are selected have one truth value, all others another. */
    static KindRule split(Selector selector, Truth inside, Truth outside) {
        return (scope, truth) -> {
            if (truth == inside) {
                return selector.select(scope);
            }
            return truth == outside
                    ? selector.select(scope).complementIn(scope.rows())
                    : Matched.exactly(scope.postings().none());
        };
    }

    /** Each value is read back and tested, where they are few. */
    static KindRule eachTerm(ValueOracle oracle) {
        return (scope, truth) -> {
            if (!scope.kind().isReadable()) {
                return doubt().rows(scope, truth);
            }
            FixedBitSet found = scope.postings().none();
            boolean complete = scope.postings()
                    .addSpan(
                            scope.source().values(),
                            scope.term(),
                            scope.end(),
                            TESTED_TERMS,
                            term -> oracle.truth(scope, term) == truth,
                            found);
            return complete ? Matched.exactly(found) : Matched.between(found, scope.rows());
        };
    }
}
