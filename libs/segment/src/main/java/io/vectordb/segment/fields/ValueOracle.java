package io.vectordb.segment.fields;

import io.vectordb.query.RowPredicate;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Says what a condition on one field makes of a value, by asking {@link RowPredicate} about a row of that value alone.
 *
 * <p>Made ready when it is first asked. Not thread-safe.
 */
final class ValueOracle {

    /** The field that the condition is about. */
    static final String FIELD = "v";

    private final Condition condition;
    private @Nullable RowPredicate isTrue;
    private @Nullable RowPredicate isFalse;

    /** Of a condition about {@link #FIELD}. */
    ValueOracle(Condition condition) {
        this.condition = condition;
    }

    Truth truth(Value value) {
        Fields row = Fields.newBuilder().putValues(FIELD, value).build();
        if (isTrue == null) {
            isTrue = RowPredicate.compile(condition);
        }
        if (isTrue.test(row)) {
            return Truth.TRUE;
        }
        if (isFalse == null) {
            isFalse = RowPredicate.compile(
                    Condition.newBuilder().setNegate(condition).build());
        }
        return isFalse.test(row) ? Truth.FALSE : Truth.UNKNOWN;
    }

    /** Of the value of a term. */
    Truth truth(Scope scope, BytesRef term) {
        int from = term.offset + scope.path().valueOffset();
        return truth(ValueCodec.decode(scope.kind(), term.bytes, from, term.offset + term.length));
    }
}
