package io.vectordb.segment;

import io.vectordb.query.RowPredicate;
import io.vectordb.v1.Condition;

/**
 * A condition on rows: as it was asked, for what is indexed by it, and ready to be run on a row.
 *
 * @param condition as resolved against the schema
 */
public record RowFilter(Condition condition, RowPredicate predicate) {

    /** @throws io.vectordb.common.VectorDbException as {@link RowPredicate#compile} */
    public static RowFilter of(Condition condition) {
        return new RowFilter(condition, RowPredicate.compile(condition));
    }
}
