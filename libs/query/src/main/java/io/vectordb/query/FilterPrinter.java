package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes conditions as canonical text: one blank between tokens, words in capitals, brackets only where they count.
 *
 * <p>{@link FilterParser} reads it back as the same tree where that is as {@link FilterResolver} leaves it, and the
 * text is within the limits of the language.
 */
public final class FilterPrinter {

    private FilterPrinter() {}

    /**
     * The text of a condition.
     *
     * @throws VectorDbException INVALID_VALUE for what is no resolved condition, such as one with an expression;
     *     FEATURE_NOT_AVAILABLE for the kinds of later releases
     */
    public static String print(Condition condition) {
        return switch (condition.getKindCase()) {
            case ALL -> joined(condition.getAll(), " AND ", "TRUE");
            case ANY -> joined(condition.getAny(), " OR ", "FALSE");
            case NEGATE -> negated(condition.getNegate());
            case CONSTANT -> condition.getConstant() ? "TRUE" : "FALSE";
            case COMPARE -> compare(condition.getCompare());
            case BETWEEN, IN_LIST, LIKE, IS_NULL -> infix(condition, "");
            case PREFIX ->
                "prefix(" + field(condition.getPrefix().getField()) + ", "
                        + Words.quoted(condition.getPrefix().getPrefix()) + ")";
            case EXISTS -> "exists(" + field(condition.getExists().getField()) + ")";
            case CONTAINS -> contains(condition.getContains());
            case MATCH, NESTED, GEO, WITHIN ->
                throw new VectorDbException(
                        ErrorCode.FEATURE_NOT_AVAILABLE, condition.getKindCase() + " is not available yet");
            case EXPRESSION, KIND_NOT_SET ->
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "not a resolved condition: " + condition.getKindCase());
        };
    }

    /** Conditions with a NOT of their own: {@code form NOT IN ('10-K')}. */
    private static String infix(Condition condition, String not) {
        return switch (condition.getKindCase()) {
            case BETWEEN ->
                field(condition.getBetween().getField()) + not + " BETWEEN "
                        + Values.text(condition.getBetween().getLow()) + " AND "
                        + Values.text(condition.getBetween().getHigh());
            case IN_LIST -> inList(condition.getInList(), not);
            case LIKE -> like(condition.getLike(), not);
            case IS_NULL -> field(condition.getIsNull().getField()) + " IS" + not + " NULL";
            case ALL,
                    ANY,
                    NEGATE,
                    COMPARE,
                    PREFIX,
                    EXISTS,
                    CONTAINS,
                    MATCH,
                    NESTED,
                    GEO,
                    WITHIN,
                    CONSTANT,
                    EXPRESSION,
                    KIND_NOT_SET ->
                throw new IllegalArgumentException(condition.getKindCase().name());
        };
    }

    private static String negated(Condition condition) {
        return switch (condition.getKindCase()) {
            case BETWEEN, LIKE, IS_NULL -> infix(condition, " NOT");
            case IN_LIST ->
                condition.getInList().getValuesCount() == 0
                        ? "NOT (" + print(condition) + ")"
                        : infix(condition, " NOT");
            case ALL, ANY, COMPARE -> "NOT (" + print(condition) + ")";
            case NEGATE, PREFIX, EXISTS, CONTAINS, MATCH, NESTED, GEO, WITHIN, CONSTANT, EXPRESSION, KIND_NOT_SET ->
                "NOT " + print(condition);
        };
    }

    private static String joined(Conditions conditions, String by, String none) {
        List<Condition> parts = conditions.getConditionsList();
        if (parts.isEmpty()) {
            return none;
        }
        if (parts.size() == 1) {
            return print(parts.getFirst());
        }
        boolean all = by.equals(" AND ");
        return parts.stream()
                .map(part -> (part.hasAny() && part.getAny().getConditionsCount() > 1)
                                || (part.hasAll() && part.getAll().getConditionsCount() > 1 && all)
                        ? "(" + print(part) + ")"
                        : print(part))
                .collect(Collectors.joining(by));
    }

    private static String compare(Compare compare) {
        String right = compare.hasValue() ? Values.text(compare.getValue()) : field(compare.getOtherField());
        return field(compare.getField()) + " " + Ops.text(compare.getOp()) + " " + right;
    }

    private static String inList(InList list, String not) {
        String field = field(list.getField());
        return list.getValuesCount() == 0
                ? field + " = ANY(ARRAY[])"
                : field + not + " IN (" + literals(list.getValuesList()) + ")";
    }

    private static String like(Like like, String not) {
        String escape = like.getEscape().isEmpty() ? "" : " ESCAPE " + Words.quoted(like.getEscape());
        String word = like.getIgnoreCase() ? " ILIKE " : " LIKE ";
        return field(like.getField()) + not + word + Words.quoted(like.getPattern()) + escape;
    }

    private static String contains(Contains contains) {
        String field = field(contains.getField());
        boolean all = contains.getMode() == Contains.Mode.ALL;
        if (contains.getValuesCount() == 1 && !all) {
            return "contains(" + field + ", " + Values.text(contains.getValues(0)) + ")";
        }
        return (all ? "contains_all(" : "contains_any(") + field + ", ARRAY[" + literals(contains.getValuesList())
                + "])";
    }

    private static String literals(List<Value> values) {
        return values.stream().map(Values::text).collect(Collectors.joining(", "));
    }

    private static String field(String path) {
        return FieldRef.parse(path).text();
    }
}
