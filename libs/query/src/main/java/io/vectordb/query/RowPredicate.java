package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Fields;

/**
 * A condition ready to be run over many records.
 *
 * <p>Inside it has SQL's three values: what compares with a missing or null field, or two things that have no order, is
 * unknown, and only true passes. Scalars of different types, such as 12 and {@code '12'}, are not equal.
 *
 * <p>Immutable. Cost: that of the conditions in order, up to the first that decides; comparisons of text, integers and
 * dates with values allocate nothing.
 */
public final class RowPredicate {

    /** A condition, or a part of one: a truth value of {@link Logic} for each record. */
    @FunctionalInterface
    interface Node {
        int eval(Fields row);
    }

    private final Node root;

    private RowPredicate(Node root) {
        this.root = root;
    }

    /**
     * Makes a condition ready.
     *
     * @param resolved what {@link FilterResolver} gave
     * @throws VectorDbException INVALID_VALUE for what is no resolved condition; FEATURE_NOT_AVAILABLE for the kinds of
     *     later releases
     */
    public static RowPredicate compile(Condition resolved) {
        return new RowPredicate(node(resolved));
    }

    /** Whether a record passes. */
    public boolean test(Fields row) {
        return root.eval(row) == Logic.TRUE;
    }

    /** The truth value of {@link Logic} for a record. */
    int eval(Fields row) {
        return root.eval(row);
    }

    private static Node node(Condition condition) {
        return switch (condition.getKindCase()) {
            case ALL -> all(nodes(condition.getAll()));
            case ANY -> any(nodes(condition.getAny()));
            case NEGATE -> {
                Node negated = node(condition.getNegate());
                yield row -> -negated.eval(row);
            }
            case CONSTANT -> {
                int value = Logic.of(condition.getConstant());
                yield row -> value;
            }
            case COMPARE -> LeafNodes.compare(condition.getCompare());
            case BETWEEN -> LeafNodes.between(condition.getBetween());
            case IN_LIST -> LeafNodes.inList(condition.getInList());
            case LIKE -> LeafNodes.like(condition.getLike());
            case PREFIX -> LeafNodes.prefix(condition.getPrefix());
            case IS_NULL -> LeafNodes.isNull(condition.getIsNull());
            case EXISTS -> LeafNodes.exists(condition.getExists());
            case CONTAINS -> LeafNodes.contains(condition.getContains());
            case MATCH, NESTED, GEO, WITHIN ->
                throw new VectorDbException(
                        ErrorCode.FEATURE_NOT_AVAILABLE, condition.getKindCase() + " is not available yet");
            case EXPRESSION, KIND_NOT_SET ->
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "not a resolved condition: " + condition.getKindCase());
        };
    }

    private static Node[] nodes(Conditions conditions) {
        return conditions.getConditionsList().stream().map(RowPredicate::node).toArray(Node[]::new);
    }

    private static Node all(Node[] nodes) {
        return row -> {
            int least = Logic.TRUE;
            for (Node node : nodes) {
                least = Math.min(least, node.eval(row));
                if (least == Logic.FALSE) {
                    break;
                }
            }
            return least;
        };
    }

    private static Node any(Node[] nodes) {
        return row -> {
            int greatest = Logic.FALSE;
            for (Node node : nodes) {
                greatest = Math.max(greatest, node.eval(row));
                if (greatest == Logic.TRUE) {
                    break;
                }
            }
            return greatest;
        };
    }
}
