package io.vectordb.query;

import io.vectordb.v1.Compare;
import java.util.Map;
import java.util.Optional;

/** The comparison operators and their symbols. */
final class Ops {

    private static final Map<String, Compare.Op> BY_SYMBOL = Map.of(
            "=", Compare.Op.EQ,
            "<>", Compare.Op.NE,
            "!=", Compare.Op.NE,
            "<", Compare.Op.LT,
            "<=", Compare.Op.LE,
            ">", Compare.Op.GT,
            ">=", Compare.Op.GE);

    private Ops() {}

    static Optional<Compare.Op> of(Token token) {
        return token.is(Token.Kind.SYMBOL) ? Optional.ofNullable(BY_SYMBOL.get(token.text())) : Optional.empty();
    }

    /** The operator that says the same with its sides exchanged. */
    static Compare.Op reversed(Compare.Op op) {
        return switch (op) {
            case LT -> Compare.Op.GT;
            case LE -> Compare.Op.GE;
            case GT -> Compare.Op.LT;
            case GE -> Compare.Op.LE;
            case EQ, NE, DISTINCT, NOT_DISTINCT, OP_UNSPECIFIED, UNRECOGNIZED -> op;
        };
    }

    /** Whether it asks which of two values comes first. */
    static boolean isOrder(Compare.Op op) {
        return switch (op) {
            case LT, LE, GT, GE -> true;
            case EQ, NE, DISTINCT, NOT_DISTINCT, OP_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    static String text(Compare.Op op) {
        return switch (op) {
            case EQ, OP_UNSPECIFIED -> "=";
            case NE -> "<>";
            case LT -> "<";
            case LE -> "<=";
            case GT -> ">";
            case GE -> ">=";
            case DISTINCT -> "IS DISTINCT FROM";
            case NOT_DISTINCT -> "IS NOT DISTINCT FROM";
            case UNRECOGNIZED -> throw new IllegalArgumentException("an operator of a newer version");
        };
    }
}
