package io.vectordb.segment.fields;

import io.vectordb.v1.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;

/** The values that are equal to one of some scalars, by their terms. Not thread-safe. */
final class EqualityTerms {

    private final List<Literal> literals;
    private final ValueOracle oracle;

    /**
     * Scalars.
     *
     * @param oracle true of what is equal to one of them
     */
    EqualityTerms(List<Value> scalars, ValueOracle oracle) {
        this.literals = scalars.stream().map(Literal::new).toList();
        this.oracle = oracle;
    }

    /** The rows with an equal value. */
    Matched select(Scope scope) throws IOException {
        Kind kind = scope.kind();
        if (kind == Kind.OPAQUE) {
            return KindRule.doubt().rows(scope, Truth.TRUE);
        }
        List<BytesRef> terms = new ArrayList<>();
        for (Literal literal : literals) {
            switch (literal.equality(kind)) {
                case TERMS -> {
                    Optional<byte[]> value = literal.term(kind);
                    value.ifPresent(bytes -> terms.add(scope.term(bytes)));
                }
                case DIFFERENTLY -> {
                    return KindRule.eachTerm(oracle).rows(scope, Truth.TRUE);
                }
                case NEVER -> {
                    // No value is equal to it.
                }
            }
        }
        FixedBitSet found = scope.postings().none();
        if (!terms.isEmpty()) {
            BytesRef[] sorted = terms.toArray(BytesRef[]::new);
            Arrays.sort(sorted);
            scope.postings().addAll(scope.source().values(), sorted, found);
        }
        return Matched.exactly(found);
    }

    /** For a condition that has one truth value for equal scalars, and another for all others. */
    KindRule rule(Truth inside, Truth outside) {
        return KindRule.split(this::select, inside, outside);
    }
}
