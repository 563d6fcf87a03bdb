package io.vectordb.segment.fields;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.RowPredicate;
import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.function.Function;

/** Makes of conditions what can be asked of an index, with the truth values of {@link RowPredicate}. */
final class FilterCompiler {

    private static final String FIELD = ValueOracle.FIELD;

    private FilterCompiler() {}

    /**
     * Makes a condition ready.
     *
     * @throws VectorDbException as {@link RowPredicate#compile}
     */
    static FilterNode compile(Condition condition) {
        return switch (condition.getKindCase()) {
            case ALL -> new FilterNode.All(nodes(condition.getAll()));
            case ANY -> new FilterNode.Any(nodes(condition.getAny()));
            case NEGATE -> new FilterNode.Negated(compile(condition.getNegate()));
            case CONSTANT -> new FilterNode.Constant(Truth.of(condition.getConstant()));
            case COMPARE -> compare(condition.getCompare());
            case BETWEEN -> between(condition.getBetween());
            case IN_LIST -> inList(condition.getInList());
            case LIKE -> like(condition);
            case PREFIX -> prefix(condition.getPrefix());
            case IS_NULL -> isNull(condition.getIsNull().getField());
            case EXISTS -> exists(condition.getExists().getField());
            case CONTAINS -> contains(condition.getContains());
            case MATCH, NESTED, GEO, WITHIN ->
                throw new VectorDbException(
                        ErrorCode.FEATURE_NOT_AVAILABLE, condition.getKindCase() + " is not available yet");
            case EXPRESSION, KIND_NOT_SET ->
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "not a resolved condition: " + condition.getKindCase());
        };
    }

    private static List<FilterNode> nodes(Conditions conditions) {
        return conditions.getConditionsList().stream()
                .map(FilterCompiler::compile)
                .toList();
    }

    private static FilterNode compare(Compare compare) {
        PathKey path = PathKey.parse(compare.getField());
        Compare.Op op = compare.getOp();
        boolean distinct = op == Compare.Op.DISTINCT || op == Compare.Op.NOT_DISTINCT;
        if (!compare.getOtherField().isEmpty()) {
            return new FilterNode.TwoFields(path, PathKey.parse(compare.getOtherField()), distinct);
        }
        Value value = compare.getValue();
        if (!distinct && !isScalar(value)) {
            return new FilterNode.Constant(Truth.UNKNOWN);
        }
        ValueOracle oracle = new ValueOracle(Condition.newBuilder()
                .setCompare(compare.toBuilder().setField(FIELD))
                .build());
        return switch (op) {
            case EQ, OP_UNSPECIFIED -> ofScalars(path, equality(value).rule(Truth.TRUE, Truth.FALSE));
            case NE -> ofScalars(path, equality(value).rule(Truth.FALSE, Truth.TRUE));
            case LT, LE, GT, GE -> {
                RangeRule range = RangeRule.of(op, value, oracle);
                yield new FilterNode.OneField(path, Truth.UNKNOWN, range::rule);
            }
            case DISTINCT -> distinct(path, value, Truth.FALSE, Truth.TRUE);
            case NOT_DISTINCT -> distinct(path, value, Truth.TRUE, Truth.FALSE);
            case UNRECOGNIZED -> new FilterNode.Constant(Truth.UNKNOWN);
        };
    }

    /** Missing values and nulls are one value, distinct from all others. */
    private static FilterNode distinct(PathKey path, Value value, Truth same, Truth other) {
        if (isNull(value)) {
            return new FilterNode.OneField(path, same, kind -> KindRule.always(kind == Kind.NULL ? same : other));
        }
        if (isScalar(value)) {
            KindRule rule = equality(value).rule(same, other);
            return new FilterNode.OneField(path, other, kind -> kind.isScalar() ? rule : KindRule.always(other));
        }
        return new FilterNode.OneField(
                path, other, kind -> kind.isScalar() || kind == Kind.NULL ? KindRule.always(other) : KindRule.doubt());
    }

    private static FilterNode between(Between between) {
        ValueOracle oracle = new ValueOracle(Condition.newBuilder()
                .setBetween(between.toBuilder().setField(FIELD))
                .build());
        RangeRule range = RangeRule.between(between.getLow(), between.getHigh(), oracle);
        return new FilterNode.OneField(PathKey.parse(between.getField()), Truth.UNKNOWN, range::rule);
    }

    private static FilterNode inList(InList list) {
        if (list.getValuesCount() == 0) {
            return new FilterNode.Constant(Truth.FALSE);
        }
        PathKey path = PathKey.parse(list.getField());
        KindRule rule = list.getValuesList().stream().allMatch(FilterCompiler::isScalar)
                ? equality(list.getValuesList()).rule(Truth.TRUE, Truth.FALSE)
                : KindRule.doubt();
        return ofScalars(path, rule);
    }

    private static FilterNode contains(Contains contains) {
        PathKey path = PathKey.parse(contains.getField());
        List<Value> values = contains.getValuesList();
        boolean all = contains.getMode() == Contains.Mode.ALL;
        if (values.isEmpty()) {
            Truth truth = Truth.of(all);
            return new FilterNode.OneField(path, Truth.UNKNOWN, ofLists(KindRule.always(truth)));
        }
        if (!values.stream().allMatch(FilterCompiler::isScalar)) {
            return new FilterNode.OneField(path, Truth.UNKNOWN, ofLists(KindRule.doubt()));
        }
        List<EqualityTerms> groups =
                all ? values.stream().distinct().map(FilterCompiler::equality).toList() : List.of(equality(values));
        return new FilterNode.ListHolds(path, groups);
    }

    private static FilterNode like(Condition condition) {
        Like like = condition.getLike();
        Condition ofField =
                Condition.newBuilder().setLike(like.toBuilder().setField(FIELD)).build();
        // For the pattern to be refused where it is not sound.
        RowPredicate.compile(ofField);
        PatternRule pattern = PatternRule.like(like, new ValueOracle(ofField));
        return new FilterNode.OneField(PathKey.parse(like.getField()), Truth.UNKNOWN, pattern::rule);
    }

    private static FilterNode prefix(Prefix prefix) {
        ValueOracle oracle = new ValueOracle(Condition.newBuilder()
                .setPrefix(prefix.toBuilder().setField(FIELD))
                .build());
        PatternRule pattern = PatternRule.prefix(prefix.getPrefix(), oracle);
        return new FilterNode.OneField(PathKey.parse(prefix.getField()), Truth.UNKNOWN, pattern::rule);
    }

    private static FilterNode isNull(String field) {
        return new FilterNode.OneField(
                PathKey.parse(field), Truth.TRUE, kind -> KindRule.always(Truth.of(kind == Kind.NULL)));
    }

    private static FilterNode exists(String field) {
        return new FilterNode.OneField(PathKey.parse(field), Truth.FALSE, _ -> KindRule.always(Truth.TRUE));
    }

    /** A condition that is unknown for all but scalars. */
    private static FilterNode ofScalars(PathKey path, KindRule rule) {
        return new FilterNode.OneField(
                path, Truth.UNKNOWN, kind -> kind.isScalar() ? rule : KindRule.always(Truth.UNKNOWN));
    }

    private static Function<Kind, KindRule> ofLists(KindRule rule) {
        return kind -> kind == Kind.LIST ? rule : KindRule.always(Truth.UNKNOWN);
    }

    private static EqualityTerms equality(Value value) {
        Compare equal = Compare.newBuilder()
                .setField(FIELD)
                .setOp(Compare.Op.EQ)
                .setValue(value)
                .build();
        return new EqualityTerms(
                List.of(value),
                new ValueOracle(Condition.newBuilder().setCompare(equal).build()));
    }

    private static EqualityTerms equality(List<Value> values) {
        InList list = InList.newBuilder().setField(FIELD).addAllValues(values).build();
        return new EqualityTerms(
                values, new ValueOracle(Condition.newBuilder().setInList(list).build()));
    }

    private static boolean isNull(Value value) {
        return ValueCodec.encode(value).kind() == Kind.NULL;
    }

    private static boolean isScalar(Value value) {
        return ValueCodec.encode(value).kind().isScalar();
    }
}
