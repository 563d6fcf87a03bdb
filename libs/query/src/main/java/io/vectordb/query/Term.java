package io.vectordb.query;

import io.vectordb.v1.Condition;
import io.vectordb.v1.Value;

/** What the grammar calls a distance: an operand, or a whole condition in brackets. */
sealed interface Term {

    Span span();

    record Field(FieldRef ref, Span span) implements Term {}

    /**
     * A value.
     *
     * @param parameter whether it came from outside the text
     */
    record Constant(Value value, Span span, boolean parameter) implements Term {}

    record Truth(Condition condition, Span span) implements Term {}
}
